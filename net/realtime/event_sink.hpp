#pragma once
// Where the writers put their events: gives each its id, and leaves out what the client has seen
// already. Internal to the response writer.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/session/messages.hpp"
#include "net/realtime/outgoing.hpp"

namespace dhr::realtime {

class event_sink {
 public:
  explicit event_sink(std::optional<event_mark> skip_through) noexcept
      : skip_through_{skip_through} {}

  // What follows becomes of this event of the session; `out` outlives it.
  void follow(const session_event& event, std::vector<outgoing>& out) noexcept;

  // The session began anew: nothing of it has been seen.
  void skip_nothing() noexcept { skip_through_.reset(); }
  [[nodiscard]] const std::optional<event_mark>& skips_through() const noexcept {
    return skip_through_;
  }

  // More of the event that was followed last.
  void go_on(std::vector<outgoing>& out) noexcept { out_ = &out; }

  // Begins an event: `{"type":...,"event_id":...`.
  [[nodiscard]] std::string begin(std::string_view type);
  // Takes the event that was begun last, less its closing brace.
  void end(std::string text, bool media = false, std::size_t delta_at = 0);

 private:
  std::optional<event_mark> skip_through_;
  event_mark next_;     // of the event to be begun
  event_mark current_;  // of the one under way
  std::uint64_t turn_ = 0;
  std::vector<outgoing>* out_ = nullptr;
};

}  // namespace dhr::realtime
