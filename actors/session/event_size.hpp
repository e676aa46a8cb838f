#pragma once
// How much memory an event takes, so that what is kept of events can be bounded.

#include <cstddef>

#include "actors/session/messages.hpp"

namespace dhr {

// With all texts, buffers and lists in it. A buffer that it shares with others counts in full.
[[nodiscard]] std::size_t bytes_of(const session_event& event);

}  // namespace dhr
