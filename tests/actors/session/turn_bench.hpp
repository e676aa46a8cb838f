#pragma once
// A turn machine with its time, and what came out of it so far, for its tests.

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "actors/session/turn_machine.hpp"

namespace dhr {

inline shared_bytes sound(std::int64_t samples) {
  return shared_bytes{std::string(static_cast<std::size_t>(samples) * 2, '\0')};
}

struct turn_bench {
  turn_machine machine{{"conv_1"}, {7}, {}};
  mono_time now{std::chrono::hours{1}};
  turn_effects effects;

  void feed(const turn_event& event) {
    for (auto& effect : machine.advance(event, now)) effects.push_back(std::move(effect));
  }
  [[nodiscard]] turn_id id() const { return machine.current(); }

  template <class Effect>
  [[nodiscard]] std::vector<Effect> all() const {
    std::vector<Effect> found;
    for (const auto& effect : effects) {
      if (const auto* x = std::get_if<Effect>(&effect)) found.push_back(*x);
    }
    return found;
  }
  template <class Payload>
  [[nodiscard]] std::vector<Payload> sent() const {
    std::vector<Payload> found;
    for (const auto& x : all<emit>()) {
      if (const auto* payload = std::get_if<Payload>(&x.payload)) found.push_back(*payload);
    }
    return found;
  }
};

}  // namespace dhr
