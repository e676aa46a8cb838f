#pragma once
// Whether a node should be given more conversations, from what its own probes find once a second.
//
//   healthy ──three bad probes in a row of one kind──▶ unhealthy ──three good ones of each──▶
//   healthy
//
// A node that is not healthy keeps what it has, and is given nothing new. Pure.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/clock.hpp"

namespace dhr {

enum class health_probe : std::uint8_t {
  actors,   // a timer of the actors' threads comes in time
  network,  // what is posted to the network's threads runs in time
  store,    // a question is answered; good where there is no store
  parts,    // engine, voice and ears are alive
};
inline constexpr std::array<std::string_view, 4> health_probe_names{"actors", "network", "store",
                                                                    "parts"};

inline constexpr nanoseconds loop_lag_max = std::chrono::seconds{1};

class node_health {
 public:
  // Consecutive probes that change the verdict.
  explicit node_health(int probes = 3) : probes_{probes} {}

  void found(health_probe probe, bool good);
  [[nodiscard]] bool is_healthy() const noexcept;
  // The names of what is bad, with commas; empty when healthy.
  [[nodiscard]] std::string reasons() const;

 private:
  struct state {
    bool good = true;
    int against = 0;  // probes in a row that say the contrary
  };

  int probes_;
  std::array<state, health_probe_names.size()> states_;
};

}  // namespace dhr
