#pragma once
// The face's own voice, coming back from a loudspeaker, must not interrupt it. The guard remembers
// what was sent to be heard and tells whether a piece of microphone sound is that again, on its way
// delayed, filtered and attenuated, or somebody else.
//
//   sent:        ....[ the face's voice ]........
//   microphone:  ..........[ the same, late, dull, faint ]   -> echo
//   microphone:  ..........[ the same + as loud a person ]   -> not an echo: listen
//
// Both are compared between 0.1 and 1.7 kHz, where speech has its energy and small loudspeakers
// still some (`echo_match.hpp`). Where an echo dies away or is about to begin, most of a piece is
// the room's own noise; so a piece of which nothing louder than that is left without the echo is
// an echo as well. What is always there is the quietest of the last two seconds.
//
// Where the face's voice ran dry and went on, the listener's pause is never quite the one that was
// foreseen. A piece with such a seam in it holds two echoes of different delay, each of which is
// looked for.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "actors/ears/decimator.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct echo_verdict {
  double share = 0;       // of the piece's energy that is the face's voice, 0 to 1
  milliseconds delay{0};  // of the echo against the time at which it was to sound, where the share
                          // tells that it is one
  bool is_echo = false;   // the face's voice, and of anybody else no more than the room's noise
};

// Lives on: its owner's thread. Memory: 1 KiB until the face speaks, then at most 150 KiB.
class echo_guard {
 public:
  // A person at the echo's loudness leaves a share of about a half; an echo in a live room with
  // noise one of 0.7 to 0.9.
  static constexpr double echo_share = 0.7;
  static constexpr milliseconds delay_min{-50};
  static constexpr milliseconds delay_max{1'000};
  static constexpr milliseconds piece_max{800};  // of a longer piece its last part is judged
  static constexpr milliseconds piece_min{100};  // a shorter one is never an echo
  static constexpr milliseconds remembered{7'000};
  // Of what an echo leaves against the quietest block heard lately, in power (6 dB). A block's own
  // power varies by about 1 dB, and nobody is heard who speaks so softly.
  static constexpr double noise_margin = 4;

  // The face's voice, 16 kHz mono, whose first sample is expected to sound at `begins`; chunks in
  // the order of their time. A chunk within 40 ms of the end of the one before goes on there, so
  // that times may jitter and a resampler hold back its last samples. Of the voice the last 7 s are
  // remembered: 5 s back, when chunks run 2 s ahead.
  void sounded(mono_time begins, std::span<const float> samples_16k);

  // The next chunk does not go on where the last ended, however near its time is.
  void pauses() noexcept { goes_on_ = false; }

  // The face broke off: what was to sound after `at` will not.
  void silenced(mono_time at);

  // All of the microphone's sound, 16 kHz mono, block by block. Without it there is no noise that
  // an echo could be lost in.
  void heard(std::span<const float> samples_16k);
  // Whether the last block was no louder than what is always there.
  [[nodiscard]] bool is_quiet() const;

  // A piece of microphone sound, 16 kHz mono, heard from `begins` on, of what was heard already.
  // 250 to 500 ms are enough to tell; they cost about 1 ms.
  [[nodiscard]] echo_verdict judge(mono_time begins, std::span<const float> samples_16k);

 private:
  // A stream of sound -> the band in which sounds are compared, 4 kHz of samples.
  class compared_band {
   public:
    void process(std::span<const float> samples_16k, std::vector<float>& out);
    void reset() { *this = {}; }

   private:
    decimator decimator_{4};
    float last_in_ = 0;  // of the high-pass
    float last_out_ = 0;
  };

  static constexpr std::size_t noise_blocks = 64;  // of 32 ms
  [[nodiscard]] double noise_power() const;
  [[nodiscard]] double share_over_seams(std::span<const float> piece,
                                        std::span<const float> reference, std::int64_t from) const;

  // Time is counted in samples of the compared band, 0.25 ms each, from the clock's zero.
  std::vector<float> voice_;  // what sounds from `first_` on
  std::int64_t first_ = 0;
  compared_band band_;
  bool goes_on_ = false;            // the next chunk may continue the last
  std::deque<std::int64_t> seams_;  // the last places where one did not, the oldest first

  std::optional<std::size_t> last_lag_;  // at which an echo was found
  compared_band heard_band_;
  std::vector<float> block_;                  // the last block heard, in the compared band
  std::array<float, noise_blocks> powers_{};  // of the last blocks heard, in the compared band
  std::size_t blocks_heard_ = 0;
};

}  // namespace dhr
