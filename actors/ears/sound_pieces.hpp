#pragma once
// Sound made ready for a recogniser that hears a piece at a time. Pure; any thread. Mono, 16 kHz,
// in [-1, 1].

#include <cstddef>
#include <span>
#include <vector>

namespace dhr {

// The sound from its first to its last loud place, with at most `margin` samples on either side.
// Loud is what is less than 40 dB below the loudest 20 ms, and above -66 dBFS; empty if nothing is.
[[nodiscard]] std::span<const float> without_silence(std::span<const float> sound,
                                                     std::size_t margin);

// The sound in as few pieces as the bound allows, in order and without gaps, each of at most
// `piece_max` samples (at least 3,200) and cut where the sound is quietest.
[[nodiscard]] std::vector<std::span<const float>> cut_at_quiet_places(std::span<const float> sound,
                                                                      std::size_t piece_max);

}  // namespace dhr
