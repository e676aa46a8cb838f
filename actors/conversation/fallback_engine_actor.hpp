#pragma once
// Two engines as one: the first is asked, and if it fails before its first token, the second
// answers and the asker is told by engine_fallback. After several failures in a row the first is
// left alone for a while.

#include <memory>
#include <string>

#include "actors/conversation/actors.hpp"
#include "actors/conversation/circuit_breaker.hpp"
#include "actors/conversation/language_metrics.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct fallback_parts {
  engine_actor first;
  std::string first_name;  // as the client is told
  engine_actor second;
  std::string second_name;
  breaker_limits breaker;
  const clock* time = nullptr;  // outlives the engine
  std::shared_ptr<language_metrics> metrics;
};

engine_actor spawn_fallback_engine(caf::actor_system& system, fallback_parts parts);

}  // namespace dhr
