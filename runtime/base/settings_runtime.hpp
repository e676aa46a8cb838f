#pragma once
// The process, what it keeps and what it logs.

#include <cstdint>
#include <string>

#include "runtime/base/settings_values.hpp"

namespace dhr::settings {

enum class store_kind : std::uint8_t { sqlite, postgres, none };
enum class log_level : std::uint8_t { trace, debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };

struct runtime {
  std::string deps_dir;   // empty: the folder that the program was built with
  std::string state_dir;  // what must outlive the process; empty: kept in memory only (the program
                          // dhr puts a folder of the user's in its place)
  int sessions_max = 1'000;
  int scheduler_threads = 0;  // 0: one per core
  int network_threads = 1;
  milliseconds turn_timeout_ms{30'000};
  seconds idle_timeout_s{120};               // a conversation without a client ends after this
  milliseconds passivate_after_ms{120'000};  // with a client that is silent; 0: never
  seconds resume_window_s{120};  // for how long a client that was cut off may go on where it was
  std::int64_t replay_bytes_max = 8'388'608;  // of what it missed, per conversation
  int restart_max = 3;                        // of one child of a session within ...
  seconds restart_window_s{60};
  milliseconds shutdown_grace_ms{5'000};  // for turns in progress
  int conversation_queue_max = 64;        // requests of one conversation that wait
};

struct log {
  log_level level = log_level::info;
  log_format format = log_format::text;
};

// Conversations that outlive the process.
struct store {
  store_kind kind = store_kind::sqlite;
  std::string path;     // of sqlite; empty: conversations.db in runtime.state_dir
  secret postgres_url;  // of postgres
  int connections = 4;  // of postgres, each with a thread
  milliseconds statement_timeout_ms{2'000};
  int retention_days = 30;
  milliseconds write_behind_ms{250};  // what was said meanwhile is lost if the machine stops
};

// Certificates between nodes; all or none.
struct cluster_tls {
  std::string certificate;  // PEM files: this node's, its key, and who signs those of the others
  std::string key;
  std::string authority;
  bool verify_names = true;  // a node's certificate must name it
};

// Several nodes on one store are one service.
struct cluster {
  bool enabled = false;
  std::string node;                        // the node's name; empty: the machine's
  std::string link_address = "127.0.0.1";  // where other nodes connect
  int link_port = 9100;
  std::string advertise;  // "host:port" that they are told; empty: those two
  std::string seeds;      // "host:port", separated by commas, called besides what they tell
  milliseconds lease_ms{6'000};
  std::string zone;    // failure domain
  std::string labels;  // "key=value" pairs, separated by commas
  bool rebalance = true;
  cluster_tls tls;
};

}  // namespace dhr::settings
