#include "actors/session/event_log.hpp"
#include "actors/session/event_size.hpp"

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
  auto log = filled();
  log.forget_older(start + 7s + 20s + 500ms);  // all but the last event
  CHECK(numbers(log.after({1, 8, 0})) == std::vector<std::uint64_t>{7, 8});
}

TEST_CASE("an older turn's beginning is still there when a newer turn has begun") {
  auto log = filled();
  log.forget_older(start + 2s + 20s + 500ms);  // settings and the first turn's beginning
  CHECK(numbers(log.after({1, 3, 0})) == std::vector<std::uint64_t>{2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("a turn without its beginning is not told") {
  event_log log{{.bytes_max = 50'000}};
  turn_started head{"resp_1"};
  head.settings.instructions = std::string(60'000, 'x');
  log.add({{{"conv_1"}, {1}, 1}, 1, head}, start);
  log.add({{{"conv_1"}, {1}, 1}, 2, text_piece{"One"}}, start);
  log.add({{{"conv_1"}, {1}, 1}, 3, text_piece{"two."}}, start);
  CHECK_FALSE(log.after({1, 2, 0}));
}

TEST_CASE("what was sent past the log is not taken for something that it holds") {
  auto log = filled();
  log.forget_all(10);
  CHECK(log.empty());
  CHECK_FALSE(log.after({1, 8, 0}));
  log.add({{{"conv_1"}, {1}, 0}, 11, item_deleted{"item_0"}}, start);
  CHECK_FALSE(log.after({1, 9, 0}));
  CHECK(numbers(log.after({1, 10, 0})) == std::vector<std::uint64_t>{11});
}

TEST_CASE("the log counts all that an event holds") {
  const std::string big(10'000, 'x');
  const auto size = [](session_payload payload) {
    return bytes_of({{{"conv_1"}, {1}, 1}, 1, std::move(payload)});
  };
  const auto empty = size(text_piece{});
  const auto holds = [&](session_payload payload, std::size_t times = 1) {
    return size(std::move(payload)) >= empty + times * big.size();
  };
  session_settings settings;
  settings.instructions = big;
  settings.tools = {{"", big, big}};
  settings.listening.transcription.prompt = big;
  conversation_item item;
  item.text = big;
  item.name = big;
  CHECK(holds(session_opened{settings}, 4));
  CHECK(holds(settings_changed{settings}, 4));
  turn_started started;
  started.settings = settings;
  started.metadata = {{big, big}};
  CHECK(holds(started, 6));
  CHECK(holds(item_added{item}, 2));
  CHECK(holds(item_retrieved{item}, 2));
  CHECK(holds(call_piece{0, "", "", "", big}));
  CHECK(holds(call_ready{0, item, ""}, 2));
  turn_finished finished;
  finished.item = item;
  finished.calls = {item, item};
  finished.problem = error{errc::failed, big, "", {}};
  CHECK(holds(finished, 7));
  CHECK(holds(request_failed{"", {errc::failed, big, big, {}}}, 2));
  CHECK(holds(notice{"", big}));
  CHECK(holds(transcript_piece{"", big}));
  CHECK(holds(transcript_done{"", big, 0}));
  CHECK(holds(transcript_failed_for{"", {errc::failed, big, "", {}}}));
  media_chunk media;
  media.pcm = shared_bytes{big};
  media.words = {{big, 0, 1}};
  media.visemes.resize(1'000);
  CHECK(holds(media, 3));
}

TEST_CASE("the log never holds more than its bound") {
  event_log log{{.bytes_max = 10'000}};
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    log.add({{{"conv_1"}, {1}, 0}, i, media_chunk{0, shared_bytes{std::string(1'000, 'x')}}},
            start);
  }
  CHECK(numbers(log.after({1, 1'000, 0})).size() < 10);
  CHECK_FALSE(log.after({1, 900, 0}));
}
