#pragma once
// What an event of a client costs its key.

#include <optional>

#include "net/door/admission.hpp"
#include "net/realtime/codec.hpp"

namespace dhr::realtime {

// The sound in it, appended or inside an item; empty if there is none.
[[nodiscard]] shared_bytes sound_of(const client_event& event);

// Takes the price; a problem when the key has used up its minute.
[[nodiscard]] std::optional<event_problem> charge(const client_event& event,
                                                  door::admission& client, mono_time now);

}  // namespace dhr::realtime
