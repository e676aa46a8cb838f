#pragma once
// What the node's parts ask of the store actor.

#include "runtime/base/ids.hpp"
#include "runtime/store/types.hpp"

namespace dhr {

// From a session after each turn. Not answered: it is written a moment later, and only the newest
// snapshot of a conversation. One of an older epoch than what is stored or waits is dropped.
struct save_conversation {
  conversation_snapshot snapshot;
  friend bool operator==(const save_conversation&, const save_conversation&) = default;
};

// From whoever takes up a conversation. Answered by the newest conversation_snapshot, written or
// not, or by an error: not_found, or what the store says. The asker goes on with a higher epoch
// than the snapshot's, or its own saves are refused.
struct load_conversation {
  conversation_id id;
  friend bool operator==(const load_conversation&, const load_conversation&) = default;
};

// A person wants to be forgotten. Answered by whether there was anything, or by an error, after
// which it is to be asked again. A session that still lives and saves makes the conversation anew:
// end it first.
struct erase_conversation {
  conversation_id id;
  friend bool operator==(const erase_conversation&, const erase_conversation&) = default;
};

// From the host at its end. Answered by how many conversations were written (std::uint64_t), once
// all that had been saved is on disk; or by the first failure, and then the rest goes on waiting.
struct flush_store {
  friend bool operator==(const flush_store&, const flush_store&) = default;
};

}  // namespace dhr
