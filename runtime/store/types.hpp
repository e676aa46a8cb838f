#pragma once
// What the store keeps of a conversation. It does not know sessions: roles, kinds and statuses are
// the words of the Realtime protocol, and the settings are a document that it never reads.
//
// All strings are kept byte for byte, with zero bytes and broken UTF-8 as they are.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/ids.hpp"

namespace dhr {

// One entry of a conversation's history.
struct stored_item {
  std::string id;
  std::string kind;    // "message", "function_call", "function_call_output"
  std::string role;    // of a message: "system", "user", "assistant"
  std::string status;  // "in_progress", "completed", "incomplete"
  std::string text;    // of a message; of a call its arguments; of a call's output the output
  bool spoken = false;
  std::string call_id;  // of a call and its output
  std::string name;     // of a call: the function's
  friend bool operator==(const stored_item&, const stored_item&) = default;
};

// A conversation as it can be taken up again.
struct conversation_snapshot {
  conversation_id id;
  session_epoch epoch;  // of the activation that saved it; whoever takes it up needs a higher one
  std::uint64_t turn_number = 0;
  std::string settings;
  std::vector<stored_item> items;  // in the order of the history
  std::int64_t saved_at_ms = 0;    // wall time, since 1970-01-01 UTC
  friend bool operator==(const conversation_snapshot&, const conversation_snapshot&) = default;
};

// A line of a listing.
struct conversation_summary {
  conversation_id id;
  session_epoch epoch;
  std::uint64_t turn_number = 0;
  std::uint64_t item_count = 0;
  std::int64_t saved_at_ms = 0;
  friend bool operator==(const conversation_summary&, const conversation_summary&) = default;
};

// What a check of a sound store found.
struct store_report {
  int schema_version = 0;
  std::uint64_t conversations = 0;
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;  // on disk, or about that much in memory
  friend bool operator==(const store_report&, const store_report&) = default;
};

}  // namespace dhr
