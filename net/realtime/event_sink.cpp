#include "net/realtime/event_sink.hpp"

#include <utility>

#include "net/realtime/event_id.hpp"

namespace dhr::realtime {

void event_sink::follow(const session_event& event, std::vector<outgoing>& out) noexcept {
  next_ = {event.turn.epoch.value, event.sequence, 0};
  turn_ = event.turn.number;
  out_ = &out;
}

std::string event_sink::begin(std::string_view type) {
  current_ = next_;
  ++next_.index;
  std::string text = R"({"type":")";
  text += type;
  text += R"(","event_id":")";
  text += to_event_id(current_);
  text += '"';
  return text;
}

void event_sink::end(std::string text, bool media, std::size_t delta_at) {
  if (skip_through_ && current_ <= *skip_through_) return;
  text += '}';
  out_->push_back({std::move(text), turn_, media, delta_at});
}

}  // namespace dhr::realtime
