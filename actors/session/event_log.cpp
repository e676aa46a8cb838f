#include "actors/session/event_log.hpp"

#include <algorithm>
#include <utility>

#include "actors/session/event_size.hpp"

namespace dhr {

void event_log::add(const session_event& event, mono_time now) {
  last_ = event.sequence;
  entries_.push_back({event, bytes_of(event), now});
  bytes_ += entries_.back().bytes;
  while (bytes_ > limits_.bytes_max || entries_.size() > limits_.events_max) {
    if (entries_.empty()) return forget_turn_head();
    forget_first();
  }
}

void event_log::forget_older(mono_time now) {
  while (!entries_.empty() && now - entries_.front().sent_at >= limits_.age_max) forget_first();
}

void event_log::forget_all(std::uint64_t last_sequence) {
  entries_.clear();
  turn_head_.reset();
  bytes_ = 0;
  forgotten_through_ = last_ = last_sequence;
}

void event_log::forget_first() {
  auto& first = entries_.front();
  forgotten_through_ = first.event.sequence;
  if (std::holds_alternative<turn_started>(first.event.payload)) {
    forget_turn_head();
    turn_head_ = std::move(first);
  } else {
    bytes_ -= first.bytes;
    if (std::holds_alternative<turn_finished>(first.event.payload)) forget_turn_head();
  }
  entries_.pop_front();
}

void event_log::forget_turn_head() {
  if (!turn_head_) return;
  bytes_ -= turn_head_->bytes;
  turn_head_.reset();
}

std::optional<std::vector<session_event>> event_log::after(const event_mark& mark) const {
  // The event of the mark itself is needed too, if the door made more of it than the client saw.
  // When it is forgotten, nothing can tell whether that is so; the door makes several events only
  // of pieces of turns, whose last one ends a turn that the client knows.
  if (mark.sequence < forgotten_through_ || mark.sequence > last_) return std::nullopt;
  std::vector<session_event> missed;
  auto first = std::find_if(entries_.begin(), entries_.end(),
                            [&](const entry& x) { return x.event.sequence >= mark.sequence; });
  if (first == entries_.end()) return missed;
  // The door's writer has to know the turn that it goes on with.
  const auto piece = std::find_if(first, entries_.end(), [](const entry& x) {
    return x.event.turn.number > 0 && !std::holds_alternative<notice>(x.event.payload);
  });
  if (piece != entries_.end() && !std::holds_alternative<turn_started>(piece->event.payload)) {
    const auto turn = piece->event.turn.number;
    first = std::find_if(entries_.begin(), first,
                         [&](const entry& x) { return x.event.turn.number == turn; });
    if (!std::holds_alternative<turn_started>(first->event.payload)) {
      if (!turn_head_ || turn_head_->event.turn.number != turn) return std::nullopt;
      missed.push_back(turn_head_->event);
    }
  }
  for (; first != entries_.end(); ++first) missed.push_back(first->event);
  return missed;
}

}  // namespace dhr
