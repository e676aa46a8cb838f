#pragma once
// The port of the store: conversations by their ids. Synchronous and blocking; an instance is
// called from one thread at a time, which is the store actor's thread in a node.
//
// Errors of all methods:
//   invalid_argument  the call itself is wrong and never worth repeating; `where` names the field
//   unavailable       the disk or another process is in the way for now: try again later
//   failed            the stored data is damaged; the message says what to do
// A save that fails has changed nothing; an erasure that fails is to be asked for again.

#include <cstddef>
#include <optional>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"
#include "runtime/store/types.hpp"

namespace dhr {

class conversation_store {
 public:
  virtual ~conversation_store() = default;

  // The conversation as it was last saved; nothing if there is none of this id.
  [[nodiscard]] virtual result<std::optional<conversation_snapshot>> load(
      const conversation_id& id) = 0;

  // Makes the stored conversation equal to the snapshot, all of it or nothing. A snapshot of an
  // older epoch than the stored or the claimed one comes from an owner that was replaced: it is
  // refused with invalid_argument and where = "epoch". An id that is no valid id is refused with
  // where = "id".
  [[nodiscard]] virtual result<void> save(const conversation_snapshot& snapshot) = 0;

  // True when there was such a conversation. Nothing of it is left to be read afterwards but its
  // id and its epoch, so that a replaced owner still writes nothing.
  [[nodiscard]] virtual result<bool> erase(const conversation_id& id) = 0;

  // Erases what was last saved before `cutoff`; how many that were. Epochs of conversations that
  // nobody owns and that are not stored are forgotten with it.
  [[nodiscard]] virtual result<std::size_t> erase_older_than(wall_time cutoff) = 0;

  // At most `limit` conversations, the last saved first.
  [[nodiscard]] virtual result<std::vector<conversation_summary>> list(std::size_t limit) = 0;

  // Reads everything; the error names what is damaged.
  [[nodiscard]] virtual result<store_report> check() = 0;
};

// Why a store refuses this id, if it does.
[[nodiscard]] std::optional<error> refusal(const conversation_id& id);

// Why a store refuses this snapshot, if it does; `stored` is the highest epoch that it holds of the
// conversation, of a snapshot or a claim. The one rule of all stores.
[[nodiscard]] std::optional<error> refusal(const conversation_snapshot& snapshot,
                                           std::optional<session_epoch> stored);

// Wall time as the snapshots carry it.
[[nodiscard]] std::int64_t to_unix_ms(wall_time time) noexcept;

}  // namespace dhr
