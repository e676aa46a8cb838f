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
// still some (`echo_match.hpp`).

#include <cstdint>
#include <span>
#include <vector>

#include "actors/ears/decimator.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct echo_verdict {
  double share = 0;       // of the piece's energy that is the face's voice, 0 to 1
  milliseconds delay{0};  // of the echo against the time at which it was to sound; with is_echo
  bool is_echo = false;
};

// Lives on: its owner's thread. Memory: nothing until the face speaks, then at most 150 KiB.
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

  // The face's voice, 16 kHz mono, whose first sample is expected to sound at `begins`; chunks in
  // the order of their time. A chunk within 40 ms of the end of the one before goes on there, so
  // that times may jitter. Of the voice the last 7 s are remembered:
  // 5 s back, when chunks run 2 s ahead.
  void sounded(mono_time begins, std::span<const float> samples_16k);

  // The face broke off: what was to sound after `at` will not.
  void silenced(mono_time at);

  // A piece of microphone sound, 16 kHz mono, heard from `begins` on. 250 to 500 ms are enough to
  // tell; they cost about 1 ms.
  [[nodiscard]] echo_verdict judge(mono_time begins, std::span<const float> samples_16k) const;

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

  // Time is counted in samples of the compared band, 0.25 ms each, from the clock's zero.
  std::vector<float> voice_;  // what sounds from `first_` on
  std::int64_t first_ = 0;
  compared_band band_;
  bool goes_on_ = false;  // the next chunk may continue the last
};

}  // namespace dhr
