#include "actors/session/event_log.hpp"

#include <algorithm>

namespace dhr {
namespace {

constexpr std::size_t event_bytes = 256;  // of an event without its buffers, roughly

std::size_t bytes_of(const session_payload& payload) {
  if (const auto* media = std::get_if<media_chunk>(&payload)) {
    return event_bytes + media->pcm.size() + media->frames.size();
  }
  if (const auto* text = std::get_if<text_piece>(&payload)) return event_bytes + text->text.size();
  if (const auto* item = std::get_if<item_added>(&payload)) {
    return event_bytes + item->item.text.size();
  }
  return event_bytes;
}

}  // namespace

void event_log::add(const session_event& event, mono_time now) {
  forget_older(now);
  last_ = event.sequence;
  if (std::holds_alternative<turn_started>(event.payload)) turn_head_ = event;
  entries_.push_back({event, bytes_of(event.payload), now});
  bytes_ += entries_.back().bytes;
  while (!entries_.empty() &&
         (bytes_ > limits_.bytes_max || entries_.size() > limits_.events_max)) {
    forget_first();
  }
}

void event_log::forget_older(mono_time now) {
  while (!entries_.empty() && now - entries_.front().sent_at >= limits_.age_max) forget_first();
}

void event_log::forget_first() {
  bytes_ -= entries_.front().bytes;
  forgotten_through_ = entries_.front().event.sequence;
  entries_.pop_front();
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
  const auto piece =
      std::find_if(first, entries_.end(), [](const entry& x) { return x.event.turn.number > 0; });
  if (piece != entries_.end() && !std::holds_alternative<turn_started>(piece->event.payload)) {
    const auto turn = piece->event.turn.number;
    first = std::find_if(entries_.begin(), first,
                         [&](const entry& x) { return x.event.turn.number == turn; });
    const bool begun = std::holds_alternative<turn_started>(first->event.payload);
    if (!begun && turn_head_ && turn_head_->turn.number == turn) missed.push_back(*turn_head_);
  }
  for (; first != entries_.end(); ++first) missed.push_back(first->event);
  return missed;
}

}  // namespace dhr
