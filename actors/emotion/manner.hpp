#pragma once
// How a voice follows what is felt. Pure.

#include <algorithm>

#include "actors/emotion/types.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

// What changes of a clause that is said with a feeling.
struct speaking_manner {
  double rate = 1;        // times the speed that is set; 0.9 to 1.1
  milliseconds pause{0};  // before the clause, where another one came before; up to 220
  double liveliness = 1;  // of melody and rhythm; 0.8 to 1.2
  friend bool operator==(const speaking_manner&, const speaking_manner&) = default;
};

// Quicker and livelier in joy and surprise, slower, evener and with pauses in concern and thought.
// The signs are those that Juslin and Laukka (Psychological Bulletin 129(5), 2003, table 7) find
// over 100 studies; the sizes are ours, small enough that nobody hears a tape that runs fast, and a
// pause that is shorter than that after a full stop.
[[nodiscard]] inline speaking_manner manner_of(const feelings& felt) noexcept {
  const auto of = [&](feeling one) { return static_cast<double>(felt[one]); };
  const double joy = of(feeling::joy);
  const double surprise = of(feeling::surprise);
  const double thought = of(feeling::thoughtfulness);
  const double concern = of(feeling::concern);
  speaking_manner made;
  made.rate = std::clamp(1 + 0.08 * joy + 0.06 * surprise - 0.06 * thought - 0.10 * concern,  //
                         0.9, 1.1);
  const double pause_ms = std::clamp(160 * thought + 120 * concern, 0.0, 220.0);
  made.pause = milliseconds{static_cast<milliseconds::rep>(pause_ms)};
  made.liveliness =
      std::clamp(1 + 0.15 * joy + 0.10 * surprise - 0.10 * thought - 0.15 * concern, 0.8, 1.2);
  return made;
}

}  // namespace dhr
