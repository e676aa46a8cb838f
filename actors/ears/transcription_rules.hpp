#pragma once
// What a worker takes on. Pure; any thread.

#include <optional>
#include <string_view>

#include "actors/ears/transcription_messages.hpp"
#include "actors/ears/types.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// How long the sound of a request lasts.
[[nodiscard]] nanoseconds sound_of(const transcribe& request) noexcept;

// errc::invalid_argument for sound that is cut inside a sample or longer than the bound.
[[nodiscard]] std::optional<error> complaint_about_sound(const transcribe& request,
                                                         std::chrono::seconds sound_max);

// True for "", "en", "en-US", "English", in any case.
[[nodiscard]] bool is_english(std::string_view language) noexcept;

// An attempt's place among all requests: each utterance has an order of its own, in which the
// attempts are the turns. So work_queue cancels attempts of one utterance and of no other.
[[nodiscard]] turn_id attempt_key(const turn_id& utterance, std::uint32_t attempt);

}  // namespace dhr
