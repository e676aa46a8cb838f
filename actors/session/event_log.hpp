#pragma once
// What a session sent lately, for a client that lost its connection. Bounded in bytes and age.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "actors/session/messages.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct event_log_limits {
  std::size_t bytes_max = 2'097'152;
  std::size_t events_max = 4'096;
  milliseconds age_max{20'000};  // older events are forgotten soon, while a client is there
};

// Pure; lives on: the session actor.
class event_log {
 public:
  explicit event_log(event_log_limits limits = {}) noexcept : limits_{limits} {}

  // Sequence numbers grow. The oldest events make room for it.
  void add(const session_event& event, mono_time now);
  void forget_older(mono_time now);
  // Events up to this one were sent, not all of them through the log.
  void forget_all(std::uint64_t last_sequence);
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

  // What a client that saw `mark` last needs in order to go on: first, if a turn was under way
  // then, that turn's beginning, which it has seen as far as the mark says. Empty if something is
  // no longer there, or was never sent.
  [[nodiscard]] std::optional<std::vector<session_event>> after(const event_mark& mark) const;

 private:
  struct entry {
    session_event event;
    std::size_t bytes = 0;
    mono_time sent_at{};
  };
  void forget_first();
  void forget_turn_head();

  event_log_limits limits_;
  std::deque<entry> entries_;
  std::optional<entry> turn_head_;  // the last turn_started forgotten, while its turn is not
  std::size_t bytes_ = 0;           // of the entries and the turn's head
  std::uint64_t forgotten_through_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace dhr
