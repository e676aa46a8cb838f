#pragma once
// The ids of a session's events as clients see them: `event_<epoch>_<sequence>_<index>`. A client
// that comes back names the last one that it saw.

#include <optional>
#include <string>
#include <string_view>

#include "actors/session/requests.hpp"

namespace dhr::realtime {

[[nodiscard]] std::string to_event_id(const event_mark& mark);

// Nothing for an id that this server did not make, and for those of problems that the door itself
// found, which have no place in the session's order.
[[nodiscard]] std::optional<event_mark> parse_event_id(std::string_view id);

}  // namespace dhr::realtime
