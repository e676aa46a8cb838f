#include "actors/session/turn_machine.hpp"

#include "tests/actors/session/turn_bench.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

shared_bytes faces(std::int64_t count) {
  return shared_bytes{std::string(static_cast<std::size_t>(count) * sizeof(face_frame), '\0')};
}

struct bench : turn_bench {
  void begin(session_settings settings = {}, bool paced = true) {
    feed(begin_turn{{"resp_1", "item_1", "item_0", std::move(settings), {{"user", "Hi"}}, paced}});
  }
  // The next wake that was asked for and lies after now.
  void sleep_until_woken() {
    const auto wakes = all<wake_at>();
    REQUIRE_FALSE(wakes.empty());
    now = std::max(now, wakes.back().when);
    feed(wake_turn{});
  }
};

session_settings with_face() {
  session_settings settings;
  settings.blendshapes = true;
  settings.visemes = true;
  settings.word_timestamps = true;
  return settings;
}

session_settings as_text() {
  session_settings settings;
  settings.modality = output_modality::text;
  return settings;
}

}  // namespace

TEST_CASE("a turn begins with turn_started and the question to the conversation") {
  bench b;
  b.begin();
  CHECK(b.machine.phase() == turn_phase::thinking);
  CHECK(b.id().number == 1);
  REQUIRE(b.sent<turn_started>().size() == 1);
  CHECK(b.sent<turn_started>()[0].previous_item_id == "item_0");
  REQUIRE(b.all<converse>().size() == 1);
  CHECK(b.all<converse>()[0].history == std::vector<chat_message>{{"user", "Hi"}});
  CHECK(b.all<converse>()[0].speak);
}

TEST_CASE("a spoken reply goes from clause to sound to frames to chunks to completed") {
  bench b;
  b.begin(with_face());
  b.now += 100ms;
  b.feed(clause_ready{b.id(), 0, "Hello."});
  REQUIRE(b.all<speak>().size() == 1);
  CHECK(b.all<speak>()[0].text == "Hello.");
  b.now += 50ms;
  b.feed(speech_ready{b.id(), 0, sound(12'000), {}, {{"Hello.", 0, 12'000}}, 0ms});
  REQUIRE(b.all<animate>().size() == 1);
  CHECK(b.all<animate>()[0].sample_count == 12'000);
  CHECK(b.sent<media_chunk>().empty());
  b.feed(frames_ready{b.id(), 0, 0, faces(15), {{0, 4}}});
  CHECK(b.machine.phase() == turn_phase::speaking);
  CHECK(b.sent<text_piece>()[0].text == "Hello.");
  CHECK(b.sent<media_chunk>().size() == 3);
  CHECK(b.sent<media_chunk>()[0].words.size() == 1);
  b.feed(reply_finished{b.id(), 1, {10, 5, 3}, finish_reason::stop});
  REQUIRE(b.all<animate>().size() == 2);
  CHECK(b.all<animate>()[1].last);
  CHECK(b.sent<turn_finished>().empty());
  b.feed(frames_ready{b.id(), 1, 15, faces(10), {}});
  REQUIRE(b.sent<turn_finished>().size() == 1);
  const auto finished = b.sent<turn_finished>()[0];
  CHECK(finished.status == turn_status::completed);
  CHECK(finished.item.text == "Hello.");
  CHECK(finished.item.status == item_status::completed);
  CHECK(finished.item.spoken);
  CHECK(finished.usage == token_usage{10, 5, 3});
  CHECK(finished.timings.first_clause == 100ms);
  CHECK(finished.timings.first_audio == 150ms);
  CHECK(b.machine.phase() == turn_phase::idle);
  CHECK(b.all<stop_reply>().empty());
  CHECK(b.all<stop_voice>().empty());
}

TEST_CASE("a reply as text needs neither voice nor face") {
  bench b;
  b.begin(as_text());
  CHECK_FALSE(b.all<converse>()[0].speak);
  b.feed(text_ready{b.id(), "Hel"});
  b.feed(text_ready{b.id(), "lo."});
  b.feed(reply_finished{b.id(), 0, {}, finish_reason::stop});
  CHECK(b.sent<text_piece>().size() == 2);
  CHECK(b.all<speak>().empty());
  CHECK(b.all<animate>().empty());
  REQUIRE(b.sent<turn_finished>().size() == 1);
  CHECK(b.sent<turn_finished>()[0].item.text == "Hello.");
  CHECK_FALSE(b.sent<turn_finished>()[0].item.spoken);
}

TEST_CASE("without animation the sound does not wait for frames") {
  bench b;
  b.begin();
  b.feed(clause_ready{b.id(), 0, "Hello."});
  b.feed(speech_ready{b.id(), 0, sound(12'000), {}, {{"Hello.", 0, 12'000}}, 0ms});
  CHECK(b.all<animate>().empty());
  REQUIRE_FALSE(b.sent<media_chunk>().empty());
  CHECK(b.sent<media_chunk>()[0].frames.empty());
  CHECK(b.sent<media_chunk>()[0].words.empty());
}

TEST_CASE("at most two clauses are with the voice") {
  bench b;
  b.begin();
  for (std::uint32_t i = 0; i < 5; ++i) b.feed(clause_ready{b.id(), i, "x"});
  CHECK(b.all<speak>().size() == 2);
  b.feed(speech_ready{b.id(), 0, sound(2'400), {}, {}, 0ms});
  CHECK(b.all<speak>().size() == 3);
}

TEST_CASE("synthesis stops when enough sound waits to be sent") {
  bench b;
  b.begin();
  for (std::uint32_t i = 0; i < 4; ++i) b.feed(clause_ready{b.id(), i, "x"});
  b.feed(speech_ready{b.id(), 0, sound(10 * 24'000), {}, {}, 0ms});
  b.feed(speech_ready{b.id(), 1, sound(24'000), {}, {}, 0ms});
  CHECK(b.all<speak>().size() == 2);
  for (int i = 0; i < 100 && b.all<speak>().size() == 2; ++i) b.sleep_until_woken();
  CHECK(b.all<speak>().size() > 2);
}

TEST_CASE("the sound runs ahead of its time by two seconds and not more") {
  bench b;
  b.begin();
  b.feed(clause_ready{b.id(), 0, "x"});
  b.feed(speech_ready{b.id(), 0, sound(10 * 24'000), {}, {}, 0ms});
  b.feed(reply_finished{b.id(), 1, {}, finish_reason::stop});
  const auto begun = b.now;
  while (b.machine.phase() != turn_phase::idle) {
    const auto last = b.sent<media_chunk>().back();
    const auto ahead = last.first_sample * 1'000 / 24'000 - (b.now - begun) / 1ms;
    CHECK(ahead <= 2'000);
    b.sleep_until_woken();
  }
  CHECK(b.now - begun >= 7'800ms);
  CHECK(b.machine.heard_at() - begun == 10s);
  CHECK(b.all<chunk_late>().empty());
}

TEST_CASE("an unpaced client gets the whole turn at once") {
  bench b;
  b.begin({}, false);
  b.feed(clause_ready{b.id(), 0, "x"});
  b.feed(speech_ready{b.id(), 0, sound(10 * 24'000), {}, {}, 0ms});
  b.feed(reply_finished{b.id(), 1, {}, finish_reason::stop});
  CHECK(b.sent<turn_finished>().size() == 1);
}

TEST_CASE("a chunk after its time is counted as late") {
  bench b;
  b.begin();
  b.feed(clause_ready{b.id(), 0, "x"});
  b.feed(speech_ready{b.id(), 0, sound(24'000), {}, {}, 0ms});
  b.now += 1'500ms;
  b.feed(clause_ready{b.id(), 1, "y"});
  b.feed(speech_ready{b.id(), 1, sound(24'000), {}, {}, 0ms});
  REQUIRE_FALSE(b.all<chunk_late>().empty());
  CHECK(b.all<chunk_late>()[0].by == 500ms);
}

TEST_CASE("after a cancellation nothing of the turn comes out and late pieces count as stale") {
  bench b;
  b.begin(with_face());
  const auto old = b.id();
  b.feed(clause_ready{old, 0, "Hello."});
  b.feed(speech_ready{old, 0, sound(24'000), {}, {}, 0ms});
  b.feed(frames_ready{old, 0, 0, faces(30), {}});
  b.feed(cancel_turn{"client_cancelled"});
  REQUIRE(b.sent<turn_finished>().size() == 1);
  CHECK(b.sent<turn_finished>()[0].status == turn_status::cancelled);
  CHECK(b.sent<turn_finished>()[0].reason == "client_cancelled");
  CHECK(b.sent<turn_finished>()[0].item.status == item_status::incomplete);
  REQUIRE(b.all<stop_reply>().size() == 1);
  CHECK(b.all<stop_reply>()[0].reply == old);
  REQUIRE(b.all<stop_voice>().size() == 1);
  CHECK(b.all<stop_voice>()[0].turn == old);
  const auto before = b.all<emit>().size();
  b.feed(clause_ready{old, 1, "More."});
  b.feed(speech_ready{old, 1, sound(24'000), {}, {}, 0ms});
  b.feed(frames_ready{old, 1, 30, faces(30), {}});
  b.feed(reply_finished{old, 2, {}, finish_reason::stop});
  b.feed(wake_turn{});
  CHECK(b.all<emit>().size() == before);
  CHECK(b.all<stale_dropped>().size() == 4);
}

TEST_CASE("pieces of an interrupted turn do not leak into the next one") {
  bench b;
  b.begin();
  const auto old = b.id();
  b.feed(cancel_turn{"client_cancelled"});
  b.begin();
  CHECK(b.id().number == old.number + 1);
  b.feed(clause_ready{old, 0, "Old."});
  b.feed(reply_failed{old, {errc::cancelled, "", "", {}}});
  CHECK(b.all<speak>().empty());
  CHECK(b.machine.phase() == turn_phase::thinking);
}

TEST_CASE("a turn after an interrupted one is woken for its own chunks") {
  bench b;
  b.begin();
  b.feed(clause_ready{b.id(), 0, "x"});
  b.feed(speech_ready{b.id(), 0, sound(10 * 24'000), {}, {}, 0ms});
  b.feed(cancel_turn{"client_cancelled"});
  b.now += 10ms;
  b.begin();
  b.feed(clause_ready{b.id(), 0, "x"});
  const auto before = b.all<wake_at>().size();
  b.feed(speech_ready{b.id(), 0, sound(10 * 24'000), {}, {}, 0ms});
  REQUIRE(b.all<wake_at>().size() > before);
  CHECK(b.all<wake_at>().back().when == b.now + 200ms);
}

TEST_CASE("a failure of the reply, of the voice or of a child fails the turn with its reason") {
  const error reason{errc::unavailable, "no engine", "sglang", {}};
  for (int which = 0; which < 3; ++which) {
    bench b;
    b.begin();
    if (which == 0) b.feed(reply_failed{b.id(), reason});
    if (which == 1) b.feed(speech_failed{b.id(), 0, reason});
    if (which == 2) b.feed(break_turn{reason});
    REQUIRE(b.sent<turn_finished>().size() == 1);
    CHECK(b.sent<turn_finished>()[0].status == turn_status::failed);
    REQUIRE(b.sent<turn_finished>()[0].problem);
    CHECK(b.sent<turn_finished>()[0].problem->message == "no engine");
    CHECK(b.machine.phase() == turn_phase::idle);
  }
}

TEST_CASE("a turn of which nothing comes for the stall time-out fails with deadline") {
  bench b;
  b.begin();
  b.now += 29s;
  b.feed(clause_ready{b.id(), 0, "Hello."});
  b.now += 2s;
  b.feed(wake_turn{});
  CHECK(b.machine.phase() == turn_phase::thinking);
  b.sleep_until_woken();
  REQUIRE(b.sent<turn_finished>().size() == 1);
  CHECK(b.sent<turn_finished>()[0].problem->code == errc::deadline);
}

TEST_CASE("a turn that waits for its pace is not stalled") {
  bench b;
  b.begin();
  b.feed(clause_ready{b.id(), 0, "x"});
  b.feed(speech_ready{b.id(), 0, sound(60 * 24'000), {}, {}, 0ms});
  b.feed(reply_finished{b.id(), 1, {}, finish_reason::stop});
  while (b.machine.phase() != turn_phase::idle) b.sleep_until_woken();
  CHECK(b.sent<turn_finished>()[0].status == turn_status::completed);
}

TEST_CASE("a reply that was cut at its token limit is incomplete") {
  bench b;
  b.begin(as_text());
  b.feed(text_ready{b.id(), "Hel"});
  b.feed(reply_finished{b.id(), 0, {}, finish_reason::max_tokens});
  CHECK(b.sent<turn_finished>()[0].status == turn_status::incomplete);
  CHECK(b.sent<turn_finished>()[0].reason == "max_output_tokens");
}

TEST_CASE("more waiting clauses than the bound fail the turn with overloaded") {
  bench b;
  b.begin();
  for (std::uint32_t i = 0; i < 300 && b.machine.phase() != turn_phase::idle; ++i) {
    b.feed(clause_ready{b.id(), i, "x"});
  }
  REQUIRE(b.sent<turn_finished>().size() == 1);
  CHECK(b.sent<turn_finished>()[0].problem->code == errc::overloaded);
}

TEST_CASE("every event is answered in every phase without leaving an unfinished turn behind") {
  const auto events = [](const turn_id& id) {
    return std::vector<turn_event>{cancel_turn{"x"},
                                   interrupt_turn{},
                                   release_turn{},
                                   hear_only{"item_1", 0},
                                   pause_sending{},
                                   go_on_sending{},
                                   function_call_piece{id, 0, "c", "f", "{"},
                                   function_call_ready{id, 0, "c", "f", "{}"},
                                   break_turn{},
                                   wake_turn{},
                                   clause_ready{id, 0, "a"},
                                   text_ready{id, "a"},
                                   reply_finished{id, 0, {}, {}},
                                   reply_failed{id, {}},
                                   speech_ready{id},
                                   speech_failed{id, 0, {}},
                                   frames_ready{id, 0, 0, {}, {}}};
  };
  for (const auto phase : {turn_phase::idle, turn_phase::thinking, turn_phase::speaking}) {
    for (std::size_t i = 0; i < events({}).size(); ++i) {
      bench b;
      if (phase != turn_phase::idle) b.begin(as_text());
      if (phase == turn_phase::speaking) b.feed(text_ready{b.id(), "a"});
      REQUIRE(b.machine.phase() == phase);
      b.feed(events(b.id())[i]);
      const bool over = b.machine.phase() == turn_phase::idle;
      CHECK(b.sent<turn_finished>().size() == (over && phase != turn_phase::idle ? 1u : 0u));
      CHECK(b.machine.response_id().empty() == over);
    }
  }
}
