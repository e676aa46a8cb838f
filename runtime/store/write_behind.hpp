#pragma once
// Which conversation is written when. A session saves at every turn and must not wait for the
// disk, so its snapshot waits here for a moment; the newest one of a conversation replaces the one
// before, and one write does for both.
//
//   put ──▶ line, in the order of the first put ──▶ due: `delay` later ──▶ written
//              ▲                                                 │
//              └───────────── failed: to the end, and nothing is due before the back-off ends
//
// The first put counts for the delay, so that a conversation that is saved all the time is written
// all the same. Pure: the caller writes and says how it went.

#include <cstddef>
#include <list>
#include <optional>
#include <unordered_map>

#include "runtime/base/clock.hpp"
#include "runtime/store/types.hpp"

namespace dhr {

struct write_behind_options {
  milliseconds delay{250};         // a snapshot waits this long for a newer one
  std::size_t waiting_max = 4096;  // conversations
  milliseconds retry_first{500};   // after a failure; doubled by each further one
  milliseconds retry_max{30'000};
};

// Lives on: the thread of its owner.
class write_behind {
 public:
  explicit write_behind(write_behind_options options) : options_{options} {}

  // False: an older epoch than that of the snapshot that waits; nothing was changed.
  [[nodiscard]] bool put(conversation_snapshot snapshot, mono_time now);
  // What waits of this conversation, or null.
  [[nodiscard]] const conversation_snapshot* find(const conversation_id& id) const;
  // Puts what waits of this conversation, which something does, to the head of the line.
  void hasten(const conversation_id& id);
  // True when something of it was waiting.
  bool forget(const conversation_id& id);

  // The head of the line, if its time has come, or null.
  [[nodiscard]] const conversation_snapshot* due(mono_time now) const;
  // The head of the line, whether its time has come or not, or null.
  [[nodiscard]] const conversation_snapshot* head() const;
  // When the head will be due; nothing when the line is empty.
  [[nodiscard]] std::optional<mono_time> due_at() const;

  // How the write of the head went. `written` and `give_up` take it out; after `failed` it waits
  // at the end of the line.
  void written();
  void give_up();
  void failed(mono_time now);

  [[nodiscard]] std::size_t waiting() const noexcept { return line_.size(); }
  [[nodiscard]] bool too_many() const noexcept { return line_.size() > options_.waiting_max; }
  [[nodiscard]] bool backing_off(mono_time now) const noexcept { return now < not_before_; }

 private:
  struct entry {
    conversation_snapshot snapshot;
    mono_time due;
  };
  using line = std::list<entry>;

  const write_behind_options options_;
  line line_;
  std::unordered_map<conversation_id, line::iterator> places_;
  mono_time not_before_{};
  milliseconds next_retry_ = options_.retry_first;
};

}  // namespace dhr
