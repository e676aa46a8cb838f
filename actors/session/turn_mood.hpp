#pragma once
// What is felt of the clauses of one turn, and what was told of it.

#include <cstdint>
#include <map>

#include "actors/emotion/messages.hpp"

namespace dhr {

struct turn_mood {
  std::map<std::uint32_t, felt> known;           // by clause
  std::map<std::uint32_t, std::int64_t> starts;  // samples of the turn's sound, by clause
  std::uint32_t worded = 0;                      // clauses whose words were sent
  std::uint32_t shown = 0;                       // clauses below were told, or are passed over
};

}  // namespace dhr
