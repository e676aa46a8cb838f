#pragma once
// How far the jaw is open at any moment: a smooth curve through one key per phoneme.
//
// Monotone cubic interpolation (Fritsch and Butland 1984) has its extremes at the keys and nowhere
// else, so an open vowel whose key is at its middle is widest there, whatever its neighbours are,
// and nothing overshoots. Before the curve is drawn, each key yields to its neighbours by its own
// share: that is the jaw's coarticulation. A short or unimportant phoneme hardly moves the jaw.

#include <cstdint>
#include <deque>

namespace dhr {

struct jaw_key {
  double sample = 0;  // of the turn's sound
  float value = 0;    // the weight of jawOpen that the phoneme asks for
  float yield = 0;    // 0 to 1: how much of the way it gives up to the mean of its neighbours
};

// Not thread-safe. At rest (0) before the first key and after the last.
class jaw_curve {
 public:
  void clear() noexcept { keys_.clear(); }

  // Keys come in order; one that is not later than the last is left out.
  void add(jaw_key key);

  // Forgets keys that no longer influence moments from this sample on.
  void forget_before(double sample);

  [[nodiscard]] float at(double sample) const noexcept;

 private:
  [[nodiscard]] jaw_key key(std::ptrdiff_t index) const noexcept;
  [[nodiscard]] double yielded(std::ptrdiff_t index) const noexcept;
  [[nodiscard]] double slope(std::ptrdiff_t index) const noexcept;

  std::deque<jaw_key> keys_;
};

}  // namespace dhr
