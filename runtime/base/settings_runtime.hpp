#pragma once
// The process, what it keeps and what it logs.

#include <cstdint>
#include <string>

#include "runtime/base/settings_values.hpp"

namespace dhr::settings {

enum class store_kind : std::uint8_t { sqlite, none };
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
  seconds idle_timeout_s{120};   // a conversation without a client ends after this
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
  std::string path;  // empty: conversations.db in runtime.state_dir
  int retention_days = 30;
  milliseconds write_behind_ms{250};  // what was said meanwhile is lost if the machine stops
};

}  // namespace dhr::settings
