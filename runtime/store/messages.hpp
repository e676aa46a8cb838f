#pragma once
// What the node's parts ask of the store actor.

#include <optional>

#include "runtime/base/ids.hpp"
#include "runtime/store/node_types.hpp"
#include "runtime/store/types.hpp"

namespace dhr {

// From a session when its items or settings have changed. Not answered: it is written a moment
// later, and only the newest snapshot of a conversation. One of an older epoch than what is stored
// or waits is dropped. With a snapshot_listener it is written at once.
struct save_conversation {
  conversation_snapshot snapshot;
  friend bool operator==(const save_conversation&, const save_conversation&) = default;
};

// To a snapshot_listener: the snapshot of this turn is stored, at once or once the store is back.
// Of one that was refused, or whose place another one's snapshot took, nothing is said.
struct conversation_stored {
  std::uint64_t turn_number = 0;
  friend bool operator==(const conversation_stored&, const conversation_stored&) = default;
};

// From the directory when somebody asks for a conversation: `node` wants to own it. Answered by
// taken_up, or by an error: what the store says, and not_found with where = "lease" when the node
// has no lease.
struct take_up_conversation {
  conversation_id id;
  node_identity node;
  friend bool operator==(const take_up_conversation&, const take_up_conversation&) = default;
};

struct taken_up {
  bool granted = false;      // false: the claim is that of another node, which lives
  conversation_claim claim;  // with the epoch under which the asker owns it from now on
  std::optional<conversation_snapshot> stored;  // nothing: it is new, or was never saved
  friend bool operator==(const taken_up&, const taken_up&) = default;
};

// From the directory when a conversation has ended on this node. What of it waits is written, then
// anybody may take it up. Answered by whether it was owned under this epoch, or by an error, after
// which it is to be asked again. Without an epoch: whichever it has, if it is the node's, for who
// does not know what became of an earlier take_up_conversation.
struct give_up_conversation {
  conversation_id id;
  std::optional<session_epoch> epoch;
  node_identity node;
  friend bool operator==(const give_up_conversation&, const give_up_conversation&) = default;
};

// To whoever took up conversations last: one of them is another owner's by now, what it saves under
// this epoch is refused.
struct conversation_replaced {
  conversation_id id;
  session_epoch epoch;
  friend bool operator==(const conversation_replaced&, const conversation_replaced&) = default;
};

// From whoever wants to look at a conversation without owning it. Answered by the newest
// conversation_snapshot, written or not, or by an error: not_found, or what the store says.
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
