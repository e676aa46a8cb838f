#pragma once
// The program's commands. Each returns the exit status: 0 done, 1 it did not work, 2 a mistake in
// the call or the configuration.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "runtime/base/config_load.hpp"

namespace dhr::cli {

struct surroundings {
  std::filesystem::path config_file;  // empty: defaults and environment only
  std::filesystem::path web_root;     // the page's folder
  environment variables;
};

struct say_options {
  std::string text;
  std::filesystem::path out = "answer";
  bool verbatim = false;  // speak the text itself instead of an answer to it
};

struct talk_options {
  std::filesystem::path file;                // a recording
  std::filesystem::path out = "answer.wav";  // what is answered, in time with the recording
  std::filesystem::path frames;              // of the face; empty: none
  std::string instructions;                  // empty, as all below: as configured
  std::string voice;
  std::string turn_detection;  // "server_vad", "semantic_vad"
};

struct status_options {
  std::string url;  // "https://example.org:8000"; empty: the configured door
  std::filesystem::path
      ca;           // a certificate to trust; empty: the one that the configured server has
  std::string key;  // empty: none
};

struct calibrate_options {
  std::filesystem::path file;  // labelled sentences
  std::filesystem::path out = "emotion_calibration.json";
};

struct store_options {
  std::filesystem::path path;  // empty: the configured store
  std::string conversation;    // of export and delete
  std::size_t limit = 50;      // of list
};

struct cluster_options {
  store_options store;       // where the nodes are registered
  std::string node;          // of conversations: all with an empty name; of the others but status
  std::string conversation;  // of move
  bool json = false;
  bool wait = true;     // of drain and move: until it is done,
  int patience_s = 60;  // or for so long
};

// The configuration, or nothing after every complaint was printed. An empty runtime.state_dir
// becomes a folder of the user's, where there is one.
[[nodiscard]] std::optional<config> load_or_complain(const surroundings& around);

int serve(const surroundings& around);
int say(const say_options& options, const surroundings& around);
// Sends a recording as a caller would, in the time that it takes, and listens.
int talk(const talk_options& options, const surroundings& around);
// Asks a running server how it is.
int status(const status_options& options, const surroundings& around);
int config_check(const surroundings& around);
// Fits the reading of emotion to labelled sentences, prints how well it did before and does now.
int calibrate_emotion(const calibrate_options& options, const surroundings& around);

// Of the store itself; no server is needed, and some may be running on it.
// Makes the tables, or brings them to this program's version.
int store_migrate(const store_options& options, const surroundings& around);
int store_check(const store_options& options, const surroundings& around);
int store_export(const store_options& options, const surroundings& around);
// A conversation that a running server still holds is saved anew with its next turn.
int store_delete(const store_options& options, const surroundings& around);
int store_list(const store_options& options, const surroundings& around);

// What the registry knows; no node is asked.
int cluster_status(const cluster_options& options, const surroundings& around);
int cluster_conversations(const cluster_options& options, const surroundings& around);
// A wish that a node has no conversations, and that it may have some again. It ends with the
// node's lease.
int cluster_drain(const cluster_options& options, const surroundings& around);
int cluster_resume(const cluster_options& options, const surroundings& around);
// A wish that a conversation is on a node.
int cluster_move(const cluster_options& options, const surroundings& around);
// Ends a dead node's lease before its time. One that lives after all stops its conversations when
// it next renews.
int cluster_evict(const cluster_options& options, const surroundings& around);

}  // namespace dhr::cli
