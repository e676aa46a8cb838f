#pragma once
// What a client's request ran into, in the words and with the codes of the public API.

#include "actors/session/messages.hpp"
#include "net/realtime/event_problem.hpp"
#include "net/realtime/event_shape.hpp"

namespace dhr::realtime {

// The field is named as the client's own event has it, in the names of `shape`.
[[nodiscard]] event_problem problem_of(const request_failed& failed, event_shape shape);

}  // namespace dhr::realtime
