#pragma once
// Whether the mouth is needed for speech at a moment, so that an expression can have it in pauses.

#include <cstdint>
#include <deque>
#include <span>

#include "actors/speech/types.hpp"

namespace dhr {

// 1 while something is said and close to it, 0 in the middle of a long pause and where nothing is
// said at all, smooth in between. Of what is not known yet it is taken that speech goes on. Times
// are samples of the turn's sound. Not thread-safe.
class speech_presence {
 public:
  // The sound begins at sample 0, nothing is known of it.
  void clear() noexcept;

  // The next clause's sound; its phonemes' times count from `first_sample`.
  void add(std::int64_t first_sample, std::int64_t sample_count,
           std::span<const phoneme_span> phonemes);

  // Nothing follows.
  void end() noexcept { ended_ = true; }

  // `sample` is not before the last one that was asked for.
  [[nodiscard]] float at(double sample) noexcept;

 private:
  struct stretch {
    double begin;
    double end;
  };

  std::deque<stretch> voiced_;
  double known_until_ = 0;
  bool ended_ = false;
};

}  // namespace dhr
