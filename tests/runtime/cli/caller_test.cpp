#include "runtime/cli/caller.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;
using cli::caller;

namespace {

constexpr std::int64_t rate = speech_sample_rate;

// A call of a second of sound, on a clock that the test turns.
struct bench {
  manual_clock time;
  caller call;

  explicit bench(cli::caller_config config = {}, std::size_t samples = rate)
      : call{std::vector<std::int16_t>(samples, 7), config, time.now()} {}

  std::optional<std::string> say(session_payload payload) {
    return call.on(session_event{{{"conv_1"}, {1}, 0}, 1, std::move(payload)}, time.now());
  }
  std::vector<shared_bytes> pieces() {
    std::vector<shared_bytes> due;
    while (auto piece = call.next_piece(time.now())) due.push_back(std::move(*piece));
    return due;
  }
  bool over() const { return call.ended(time.now()).has_value(); }
  result<void> end() const {
    auto ended = call.ended(time.now());
    REQUIRE(ended);
    return *ended;
  }
  void hear_words(const std::string& text, const std::string& item = "item_1") {
    say(listening_began{item, 0});
    say(listening_ended{item, 900});
    say(transcript_done{item, text, 900});
  }
  void begin_answer(const std::string& resumes = {}) {
    turn_started started;
    started.resumes = resumes;
    say(started);
  }
  std::optional<std::string> finish_answer(turn_status status, const std::string& text) {
    turn_finished finished;
    finished.status = status;
    finished.item.text = text;
    return say(finished);
  }
  void sound(std::size_t samples) {
    const std::vector<std::int16_t> pcm(samples, 9);
    say(media_chunk{0, shared_bytes::of(std::span<const std::int16_t>{pcm}), 0, {}, {}, {}});
  }
};

}  // namespace

TEST_CASE("a recording is spoken at its own pace in pieces of 40 ms, then there is silence") {
  bench b{{}, 2'000};
  CHECK(b.pieces().size() == 1);
  CHECK(b.pieces().empty());
  CHECK(b.call.next_due() - b.time.now() == 40ms);
  b.time.advance(39ms);
  CHECK(b.pieces().empty());
  b.time.advance(81ms);  // 120 ms: the clock decides, not how often it is asked
  const auto pieces = b.pieces();
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0].as<std::int16_t>() == std::vector<std::int16_t>(960, 7));
  auto last = std::vector<std::int16_t>(960, 0);
  std::fill_n(last.begin(), 80, 7);
  CHECK(pieces[1].as<std::int16_t>() == last);
  CHECK(pieces[2].as<std::int16_t>() == std::vector<std::int16_t>(960, 0));
}

TEST_CASE("a call is over when its last answer was heard and nothing follows") {
  bench b;
  b.time.advance(1s);
  b.hear_words("What is a bond?");
  CHECK_FALSE(b.over());
  b.time.advance(500ms);
  b.begin_answer();
  b.sound(3 * rate);
  b.finish_answer(turn_status::completed, "A loan.");
  b.time.advance(3s);  // heard to its end
  b.time.advance(1'999ms);
  CHECK_FALSE(b.over());
  b.time.advance(1ms);
  CHECK(b.end());
  CHECK(b.call.heard().end() == 36'000 + 3 * rate);
}

TEST_CASE("each turn is waited for, however many there are") {
  bench b;
  b.hear_words("One.", "item_1");
  b.hear_words("Two.", "item_2");
  b.begin_answer();
  b.finish_answer(turn_status::cancelled, "");
  b.time.advance(10s);
  CHECK_FALSE(b.over());
  b.begin_answer();
  b.time.advance(10s);
  CHECK_FALSE(b.over());
  b.finish_answer(turn_status::completed, "Two indeed.");
  b.time.advance(10s);
  CHECK(b.end());
}

TEST_CASE("speech into an answer silences what was not heard yet") {
  bench b;
  b.hear_words("Go on.");
  b.begin_answer();
  b.sound(2 * rate);
  b.time.advance(500ms);
  const auto line = b.say(listening_began{"item_2", 500});
  REQUIRE(line);
  CHECK(line->find("falls silent") != std::string::npos);
  CHECK(b.call.heard().end() == rate / 2);
  CHECK(b.finish_answer(turn_status::cancelled, "Well,") == "   0.50 s  interrupted: Well,");
}

TEST_CASE("an answer that may not be interrupted goes on, and silence isn't interrupted") {
  cli::caller_config config;
  config.interrupts = false;
  bench b{config};
  b.sound(rate);
  CHECK_FALSE(b.say(listening_began{"item_2", 0}));
  CHECK(b.call.heard().end() == rate);
  bench quiet;
  CHECK_FALSE(quiet.say(listening_began{"item_1", 0}));
}

TEST_CASE("an answer that goes on after a cough is no answer to something else") {
  bench b;
  b.hear_words("Go on.");
  b.begin_answer("resp_1");
  b.finish_answer(turn_status::completed, "As I said.");
  b.time.advance(10s);
  CHECK_FALSE(b.over());  // "Go on." has none yet
  b.begin_answer();
  b.finish_answer(turn_status::completed, "Yes.");
  b.time.advance(10s);
  CHECK(b.end());
}

TEST_CASE("what a person cares about has a line with the call's time, and nothing else has") {
  bench b;
  b.time.advance(12'340ms);
  CHECK_FALSE(b.say(listening_began{"item_1", 0}));
  CHECK_FALSE(b.say(listening_ended{"item_1", 0}));
  CHECK(b.say(transcript_done{"item_1", "Hello?", 9}) == "  12.34 s  heard: Hello?");
  CHECK_FALSE(b.say(text_piece{"Hi."}));
  CHECK(b.finish_answer(turn_status::completed, "Hi.") == "  12.34 s  answer: Hi.");
  CHECK(b.say(listening_ignored{"item_2", "no_words"}) ==
        "  12.34 s  taken for no speech: no_words");
  CHECK(b.say(notice{"engine_fallback", "another"}) == "  12.34 s  note: another");
}

TEST_CASE("a recording without words is told, after its end") {
  bench b;
  b.time.advance(900ms);
  b.say(listening_began{"item_1", 0});
  b.say(listening_ignored{"item_1", "no_words"});
  b.time.advance(2'099ms);
  CHECK_FALSE(b.over());
  b.time.advance(1ms);
  REQUIRE_FALSE(b.end());
  CHECK(b.end().assume_error().code == errc::failed);
  CHECK(b.end().assume_error().message.find("no words") != std::string::npos);
}

TEST_CASE("an utterance that could not be understood tells why") {
  bench b;
  b.say(listening_began{"item_1", 0});
  b.say(transcript_failed_for{"item_1", {errc::unavailable, "the server is gone", {}, {}}});
  b.time.advance(10s);
  CHECK(b.end().assume_error().message == "the server is gone");
}

TEST_CASE("an answer that does not come ends the call") {
  cli::caller_config config;
  config.patience = 5s;
  bench b{config};
  b.time.advance(1s);
  b.hear_words("Anybody there?");
  b.time.advance(4'999ms);
  CHECK_FALSE(b.over());
  b.time.advance(1ms);
  CHECK(b.end().assume_error().code == errc::deadline);
}

TEST_CASE("a failed answer, a refused request and a closed session end the call at once") {
  const auto why = GENERATE(0, 1, 2);
  bench b;
  if (why == 0) {
    turn_finished failed;
    failed.status = turn_status::failed;
    failed.problem = error{errc::unavailable, "why", {}, {}};
    b.say(failed);
  }
  if (why == 1) b.say(request_failed{"talk", {errc::unavailable, "why", {}, {}}});
  if (why == 2) b.say(session_closed{"failed", "why"});
  CHECK(b.end().assume_error().message == "why");
}
