#pragma once
// All chance of a simulation comes from one seed. The standard's distributions differ between
// libraries, so that a seed would not replay elsewhere; these are ours.

#include <cstdint>
#include <random>

#include "runtime/base/clock.hpp"

namespace dhr::simulation {

// Lives on: the simulation's thread.
class chance {
 public:
  explicit chance(std::uint64_t seed) : engine_{seed} {}

  // From 0 to `count` - 1; `count` is not zero. The bias of the remainder is below 2^-40 for
  // every count that is used here.
  [[nodiscard]] std::uint64_t below(std::uint64_t count) { return engine_() % count; }
  // From `low` to `high`, both included.
  [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  [[nodiscard]] milliseconds between(milliseconds low, milliseconds high) {
    return milliseconds{between(low.count(), high.count())};
  }
  // True in so many of a thousand cases.
  [[nodiscard]] bool per_mille(std::uint64_t share) { return below(1'000) < share; }
  // For a part that must not change when another part draws more or less.
  [[nodiscard]] chance split() { return chance{engine_()}; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace dhr::simulation
