#pragma once
// How long a node's calls of the store take. In a node each actor that makes them has a thread of
// its own and is blocked meanwhile; here each message to such an actor waits for a moment before it
// is handled, and the others go on.
//
// Lives on: the simulation's thread. Owned by: a node.

#include <algorithm>
#include <caf/resumable.hpp>
#include <map>
#include <optional>

#include "runtime/base/clock.hpp"
#include "tests/simulation/chance.hpp"

namespace dhr::simulation {

class store_pace {
 public:
  explicit store_pace(chance draws) : dice_{draws} {}

  void add(caf::resumable* actor) { actors_[actor]; }
  // No call ends while it hangs.
  void hang(bool hangs) { hangs_ = hangs; }
  // From now on all calls are done at once.
  void rush() { rushes_ = true; }

  // Whether the actor, which has a message, is still in its call.
  [[nodiscard]] bool is_busy(caf::resumable* actor, mono_time now) {
    const auto known = actors_.find(actor);
    if (rushes_ || known == actors_.end()) return false;
    auto& ends = known->second;
    if (!ends) ends = now + std::chrono::microseconds{dice_.between(200, 20'000)};
    return hangs_ || now < *ends;
  }
  // It has handled the message.
  void ran(caf::resumable* actor) {
    const auto known = actors_.find(actor);
    if (known != actors_.end()) known->second.reset();
  }
  // When the first of the calls under way ends.
  [[nodiscard]] std::optional<mono_time> due() const {
    std::optional<mono_time> first;
    if (hangs_) return first;
    for (const auto& [actor, ends] : actors_) {
      if (ends) first = std::min(first.value_or(*ends), *ends);
    }
    return first;
  }

 private:
  chance dice_;
  std::map<caf::resumable*, std::optional<mono_time>> actors_;  // when their calls end
  bool hangs_ = false;
  bool rushes_ = false;
};

}  // namespace dhr::simulation
