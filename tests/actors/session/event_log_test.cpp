#include "actors/session/event_log.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};

// Sequence 1: settings; 2 to 5: a turn with two chunks; 6: outside of turns; 7, 8: the next turn.
event_log filled(event_log_limits limits = {}) {
  event_log log{limits};
  std::uint64_t sequence = 0;
  const auto add = [&](std::uint64_t turn, session_payload payload) {
    ++sequence;
    log.add({{{"conv_1"}, {1}, turn}, sequence, std::move(payload)}, start + sequence * 1s);
  };
  add(0, session_opened{});
  add(1, turn_started{"resp_1"});
  add(1, media_chunk{0, shared_bytes{std::string(1'000, 'x')}});
  add(1, media_chunk{500, shared_bytes{std::string(1'000, 'y')}});
  add(1, turn_finished{"resp_1"});
  add(0, item_deleted{"item_0"});
  add(2, turn_started{"resp_2"});
  add(2, text_piece{"Hi"});
  return log;
}

std::vector<std::uint64_t> numbers(const std::optional<std::vector<session_event>>& events) {
  REQUIRE(events);
  std::vector<std::uint64_t> found;
  for (const auto& event : *events) found.push_back(event.sequence);
  return found;
}

}  // namespace

TEST_CASE(
    "a client that saw everything but the last events gets those, from its turn's beginning") {
  const auto log = filled();
  CHECK(numbers(log.after({1, 8, 0})) == std::vector<std::uint64_t>{7, 8});
  CHECK(numbers(log.after({1, 6, 0})) == std::vector<std::uint64_t>{6, 7, 8});
  CHECK(numbers(log.after({1, 4, 0})) == std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("a mark of an event that was never sent, or that is forgotten, gives nothing") {
  CHECK_FALSE(filled().after({1, 9, 0}));
  auto log = filled();
  log.forget_older(start + 1h);
  CHECK_FALSE(log.after({1, 7, 0}));
  CHECK(numbers(log.after({1, 8, 0})).empty());
}

TEST_CASE("a turn whose beginning is forgotten is told with its beginning all the same") {
  auto log = filled({.bytes_max = 2'200});
  CHECK_FALSE(log.after({1, 2, 0}));
  log = filled();
  log.forget_older(start + 7s + 20s + 500ms);  // all but the last event
  CHECK(numbers(log.after({1, 8, 0})) == std::vector<std::uint64_t>{7, 8});
}

TEST_CASE("the log never holds more than its bound") {
  event_log log{{.bytes_max = 10'000}};
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    log.add({{{"conv_1"}, {1}, 1}, i, media_chunk{0, shared_bytes{std::string(1'000, 'x')}}},
            start);
  }
  CHECK(numbers(log.after({1, 1'000, 0})).size() < 10);
  CHECK_FALSE(log.after({1, 900, 0}));
}
