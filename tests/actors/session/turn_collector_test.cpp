#include "actors/session/turn_collector.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

session_event event(session_payload payload) { return {{{"c"}, {1}, 1}, 1, std::move(payload)}; }

shared_bytes pcm(std::vector<std::int16_t> samples) {
  return shared_bytes::of(std::span<const std::int16_t>{samples});
}

}  // namespace

TEST_CASE("a turn's pieces are put together in their order") {
  turn_collector collector;
  CHECK_FALSE(collector.add(event(session_opened{})));
  CHECK_FALSE(collector.add(event(turn_started{})));
  CHECK_FALSE(collector.add(event(text_piece{"Hello,"})));
  CHECK_FALSE(
      collector.add(event(media_chunk{0, pcm({1, 2}), 0, {}, {{0, 4}}, {{"Hello,", 0, 2}}})));
  CHECK_FALSE(collector.add(event(text_piece{" you."})));
  const std::vector<face_frame> frames(2);
  CHECK_FALSE(collector.add(
      event(media_chunk{2, pcm({3}), 0, shared_bytes::of(std::span{frames}), {}, {}})));
  CHECK_FALSE(collector.add(event(felt{})));
  CHECK_FALSE(collector.add(event(notice{"voice_fallback", "x"})));
  const auto done = collector.add(event(turn_finished{"resp_1"}));
  REQUIRE(done);
  REQUIRE(*done);
  const auto& turn = done->assume_value();
  CHECK(turn.text == "Hello, you.");
  CHECK(turn.samples == std::vector<std::int16_t>{1, 2, 3});
  CHECK(turn.frames.size() == 2);
  CHECK(turn.words.size() == 1);
  CHECK(turn.visemes.size() == 1);
  CHECK(turn.feelings.size() == 1);
  CHECK(turn.notices.size() == 1);
  CHECK(turn.finished.response_id == "resp_1");
}

TEST_CASE("a refusal and a closed session end the collecting with their reason") {
  const auto refused =
      turn_collector{}.add(event(request_failed{"e", {errc::not_found, "no voice", "voice", {}}}));
  REQUIRE(refused);
  CHECK(refused->assume_error().where == "voice");
  const auto closed = turn_collector{}.add(event(session_closed{"shutdown", "it stops"}));
  REQUIRE(closed);
  CHECK(closed->assume_error().message == "it stops");
}
