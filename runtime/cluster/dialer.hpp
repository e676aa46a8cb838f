#pragma once
// When to connect to whom. Of two nodes the one with the smaller name dials at once and the other
// waits for its call, so that they do not open two connections to each other; it dials by itself
// when no call comes, since perhaps only its own direction is open. The same after a link was lost:
// two calls that cross can take each other's answers.
//
//   found ─▶ due ─dial─▶ dialling ─linked─▶ linked ─lost─▶ due, a moment later
//             ▲             │ failed
//             └─ back-off ──┘            gone: forgotten, from every state
//
// Waiting times double from `retry_first` to `retry_max` and are spread by chance over their upper
// half, so that nodes that lost each other at the same moment do not return at the same moment.

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/store/node_types.hpp"

namespace dhr {

struct dialer_config {
  milliseconds retry_first{250};
  milliseconds retry_max{5'000};
  milliseconds wait_for_call{2'000};  // of the node with the greater name
};

// Lives on: the links' actor. Not thread-safe. `now` does not go back.
class dialer {
 public:
  // `seed` of the jitter: another one on each node.
  dialer(node_name self, dialer_config config, std::uint64_t seed)
      : self_{std::move(self)}, config_{config}, chance_{seed} {}

  void found(const node_identity& peer, mono_time now);
  // A connection is there, whoever dialled.
  void linked(const node_identity& peer);
  void lost(const node_identity& peer, mono_time now);
  void failed(const node_identity& peer, mono_time now);
  void gone(const node_identity& peer);

  // The peers to dial now; each is told once until linked(), lost() or failed() is called for it.
  [[nodiscard]] std::vector<node_identity> due(mono_time now);
  // When due() has the next one; nothing while there is none.
  [[nodiscard]] std::optional<mono_time> due_at() const;

 private:
  enum class state : std::uint8_t { due, dialling, linked };
  struct call {
    state is = state::due;
    mono_time at{};
    std::uint32_t failures = 0;  // in a row
  };
  [[nodiscard]] nanoseconds back_off(std::uint32_t failures);
  void again(call& of, mono_time now);

  const node_name self_;
  const dialer_config config_;
  std::mt19937_64 chance_;
  std::map<node_identity, call> calls_;
};

}  // namespace dhr
