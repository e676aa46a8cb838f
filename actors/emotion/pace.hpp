#pragma once
// How a voice follows what is felt. Pure.

#include <algorithm>

#include "actors/emotion/types.hpp"

namespace dhr {

// By what the rate of speech is multiplied, from 0.88 to 1.12: quicker in joy and surprise, slower
// in concern and thought (the signs are those that Juslin and Laukka, Psychological Bulletin
// 129(5), 2003, find over 100 studies; the sizes are small enough that nobody hears a tape that
// runs fast).
[[nodiscard]] inline double pace_of(const feelings& felt) noexcept {
  const double change = 0.08 * static_cast<double>(felt[feeling::joy]) +
                        0.06 * static_cast<double>(felt[feeling::surprise]) -
                        0.06 * static_cast<double>(felt[feeling::thoughtfulness]) -
                        0.10 * static_cast<double>(felt[feeling::concern]);
  return std::clamp(1 + change, 0.88, 1.12);
}

}  // namespace dhr
