#pragma once
// What a worker takes on. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/ears/transcription_messages.hpp"
#include "actors/ears/types.hpp"
#include "gpu/work_queue.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// How long the sound of a request lasts.
[[nodiscard]] nanoseconds sound_of(const transcribe& request) noexcept;

// errc::invalid_argument for sound that is cut inside a sample or longer than the bound.
[[nodiscard]] std::optional<error> complaint_about_sound(const transcribe& request,
                                                         std::chrono::seconds sound_max);

// True for "", "en", "en-US", "English", in any case.
[[nodiscard]] bool is_english(std::string_view language) noexcept;

// Whether a transcription that knows these languages (ISO 639-1; none stands for any) may be given
// this hint, which is as a client says it: "", "de", "de-DE", "English".
[[nodiscard]] bool understands(const std::vector<std::string>& known, std::string_view language);

// An attempt's place among all requests: each utterance has an order of its own, in which the
// attempts are the turns. So work_queue cancels attempts of one utterance and of no other.
[[nodiscard]] turn_id attempt_key(const turn_id& utterance, std::uint32_t attempt);

// How an attempt waits that comes now: in its conversation's line and at its conversation's cost,
// which is about as much as there is sound; before those of others if somebody waits for it.
[[nodiscard]] work_terms terms_of(const transcribe& request, mono_time now);

}  // namespace dhr
