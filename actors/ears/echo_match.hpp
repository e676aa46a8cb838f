#pragma once
// How much of a sound is a delayed, filtered copy of another one. The problem: the way from a
// loudspeaker to a microphone delays by an unknown time, colours, reverberates and attenuates; and
// a person's voice, however alike, has not been that way.
//
// Where the copy may begin is found by generalised cross-correlation, with the spectrum flattened
// by half so that neither vowels nor noise rule it (C. Knapp, G. Carter, "The generalized
// correlation method for estimation of time delay", IEEE Trans. ASSP 24(4), 1976). At each of the
// best three places, and where the last copy was found, the filter of 64 taps (16 ms) that turns
// reference into sound is solved for by least squares (covariance method, Cholesky), and what the
// best of them leaves is not explained.

#include <cstddef>
#include <optional>
#include <span>

namespace dhr {

inline constexpr int echo_match_rate = 4'000;  // of both sounds, in Hz

// Sum of squares. Pure.
[[nodiscard]] double energy(std::span<const float> samples);

struct echo_match {
  double share = 0;     // of the sound's energy that the filtered reference explains, 0 to 1
  std::size_t lag = 0;  // where in the reference the sound's first sample lies
};

// The reference is at least as long as the sound and at most fourier_size_max; share is 0 where
// either is all but silent. `expected_lag` is tried besides what the correlation finds, which in a
// faint copy may be anything. Pure; any thread. 500 ms against 1,550 ms take about 1 ms.
[[nodiscard]] echo_match match_echo(std::span<const float> sound, std::span<const float> reference,
                                    std::optional<std::size_t> expected_lag = {});

}  // namespace dhr
