#pragma once
// The requests that a node's reader has passed on and that are not answered yet, so that none is
// lost with the device that it was given to, and none is answered twice. Pure; not thread-safe.

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "actors/emotion/messages.hpp"
#include "gpu/cancelled_turns.hpp"

namespace dhr {

template <class Client>
class readings_under_way {
 public:
  struct reading {
    read_emotion request;
    Client client;
    mono_time deadline{};
    std::size_t place = 0;  // of the device that has it
    int moves = 0;          // devices that failed while they had it
    bool is_cancelled = false;

    // With what is left of its time.
    [[nodiscard]] read_emotion request_at(mono_time now) const {
      auto made = request;
      made.budget = std::chrono::floor<milliseconds>(deadline - now);
      return made;
    }
  };

  // The number under which its answer comes; numbers grow.
  std::uint64_t add(reading one) {
    all_.emplace(++last_, std::move(one));
    return last_;
  }

  // Nothing for a number that was answered before, or was taken away.
  [[nodiscard]] std::optional<reading> end(std::uint64_t number) {
    auto found = all_.extract(number);
    if (found.empty()) return std::nullopt;
    return std::move(found.mapped());
  }

  // All that a device has, in their order, to be given to others.
  [[nodiscard]] std::vector<reading> take_from(std::size_t place) {
    return take([&](const reading& one) { return one.place == place; });
  }
  [[nodiscard]] std::vector<reading> take_of(const Client& client) {
    return take([&](const reading& one) { return one.client == client; });
  }

  // Marks those of the turn's conversation up to this turn.
  void cancel(const turn_id& turn) {
    for (auto& [number, one] : all_) {
      const auto& other = one.request.turn;
      if (other.conversation == turn.conversation && !is_later(other, turn)) {
        one.is_cancelled = true;
      }
    }
  }

  // In their order.
  template <class Use>
  void for_each_at(std::size_t place, Use use) const {
    for (const auto& [number, one] : all_) {
      if (one.place == place) use(number, one);
    }
  }

  [[nodiscard]] bool has_of(const conversation_id& conversation) const {
    for (const auto& [number, one] : all_) {
      if (one.request.turn.conversation == conversation) return true;
    }
    return false;
  }

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

 private:
  template <class Wanted>
  std::vector<reading> take(Wanted wanted) {
    std::vector<reading> taken;
    for (auto it = all_.begin(); it != all_.end();) {
      if (wanted(it->second)) {
        taken.push_back(std::move(it->second));
        it = all_.erase(it);
      } else {
        ++it;
      }
    }
    return taken;
  }

  std::map<std::uint64_t, reading> all_;
  std::uint64_t last_ = 0;
};

}  // namespace dhr
