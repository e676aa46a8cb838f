#include "net/realtime/event_charge.hpp"

namespace dhr::realtime {
namespace {

std::optional<event_problem> refused(const result<void>& outcome, const client_event& event) {
  if (outcome) return std::nullopt;
  const auto request = std::visit([](const auto& what) { return what.request; }, event);
  return event_problem{"rate_limit_error",
                       "rate_limit_exceeded",
                       outcome.assume_error().message,
                       {},
                       to_tag(request).event_id};
}

}  // namespace

shared_bytes sound_of(const client_event& event) {
  if (const auto* sound = std::get_if<append_audio>(&event)) return sound->audio;
  if (const auto* item = std::get_if<create_item>(&event)) return item->audio;
  return {};
}

std::optional<event_problem> charge(const client_event& event, door::admission& client,
                                    mono_time now) {
  if (std::holds_alternative<create_response>(event)) {
    return refused(client.turn_begins(now), event);
  }
  const auto bytes = static_cast<std::int64_t>(sound_of(event).size());
  return bytes > 0 ? refused(client.audio_received(bytes, now), event) : std::nullopt;
}

}  // namespace dhr::realtime
