#pragma once
// What is felt of the clauses of one turn, and what was told of it.

#include <cstdint>
#include <map>

#include "actors/conversation/clause_splitter.hpp"
#include "actors/emotion/messages.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

// Nobody waits for the sentences of an answer that is only written: they are read whole.
inline constexpr clause_limits sentence_limits{40, 40, 60};

struct turn_mood {
  std::map<std::uint32_t, felt> known;           // by clause
  std::map<std::uint32_t, std::int64_t> starts;  // samples of the turn's sound, by clause
  std::uint32_t worded = 0;                      // clauses whose words were sent
  std::uint32_t shown = 0;                       // clauses below were told, or are passed over

  // Of an answer that is only written.
  clause_splitter sentences{{sentence_limits, sentence_limits, sentence_limits, 400}};
  mono_time late{};  // from here on nothing is waited for
};

}  // namespace dhr
