#pragma once
// What the user feels, from the words and how they were said. Pure.

#include <optional>

#include "actors/ears/prosody.hpp"
#include "actors/emotion/types.hpp"

namespace dhr {

// How lively something was said, from 0.5 (flat and slow) over 1 to 1.5 (quick, with a wide
// melody). From the pitch range and the rate of syllables alone: loudness says more of the
// microphone than of the speaker. 1 for what is too short to tell (under half a second).
//
// Neutral reading has a range of about 6 semitones and 4 syllables a second; lively speech about
// twice the range, sad speech half of it and a third slower (Juslin and Laukka, "Communication of
// emotions in vocal expression and music performance", Psychological Bulletin 129(5), 2003).
[[nodiscard]] float liveliness_of(const prosody& melody) noexcept;

// The words' feelings, stronger where they were said lively; a flat voice lowers joy and surprise
// and raises concern that the words have. Without a melody the words alone.
[[nodiscard]] feelings mood_of_user(const feelings& words,
                                    const std::optional<prosody>& melody) noexcept;

}  // namespace dhr
