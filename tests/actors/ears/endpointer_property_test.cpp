// Whatever is heard and answered in whatever order: an utterance has one end and one answer.

#include <algorithm>
#include <random>

#include "tests/actors/ears/endpointer_bench.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

namespace {

// Checks the order of what an endpointer says as it comes.
class contract {
 public:
  void operator()(const begin_utterance& x) {
    CHECK_FALSE(open_);
    CHECK(x.first_sample >= last_begin_);
    CHECK(x.first_sample >= taken_until_);
    open_ = true;
    last_begin_ = x.first_sample;
    ++begun;
  }
  void operator()(const guess_words& x) {
    CHECK(x.attempt > last_attempt_);
    CHECK(x.first_sample < x.last_sample);
    CHECK(x.first_sample >= taken_until_);
    last_attempt_ = x.attempt;
    last_guess_ = x.last_sample;
    unanswered.push_back(x.attempt);
  }
  void operator()(const guess_end& x) {
    CHECK(open_);
    CHECK(x.attempt == last_attempt_);
  }
  void operator()(const forget_guess& x) {
    CHECK(x.attempt <= last_attempt_);
    std::erase_if(unanswered, [&](std::uint32_t attempt) { return attempt == x.attempt; });
  }
  void operator()(const tell_words& x) { CHECK_FALSE(x.text.empty()); }
  void operator()(const expect_end& x) {
    CHECK(open_);
    CHECK_FALSE(expected_);
    CHECK(has_word(x.text));
    expected_ = true;
  }
  void operator()(const expect_more&) {
    CHECK(open_);
    CHECK(expected_);
    expected_ = false;
  }
  void operator()(const end_utterance& x) {
    CHECK((open_ || is_commit));
    CHECK(x.attempt == last_attempt_);
    CHECK(x.speech_end_sample <= x.decided_sample);
    CHECK(x.speech_end_sample > last_end_);
    open_ = false;
    expected_ = false;
    last_end_ = x.speech_end_sample;
    taken_until_ = last_guess_;
    ++ended;
  }
  void operator()(const utterance_words& x) {
    CHECK(has_word(x.text));
    CHECK(++answered <= ended);
  }
  void operator()(const no_words&) { CHECK(++answered <= ended); }
  void operator()(const words_lost&) { CHECK(++answered <= ended); }
  void operator()(const drop_utterance&) {
    CHECK(open_);
    open_ = false;
    expected_ = false;
    ++dropped;
  }
  void operator()(const report_idle& x) {
    CHECK_FALSE(open_);
    CHECK(x.first_sample < x.last_sample);
  }

  [[nodiscard]] bool open() const { return open_; }
  std::vector<std::uint32_t> unanswered;
  bool is_commit = false;  // of silence
  int begun = 0;
  int committed = 0;
  int ended = 0;
  int dropped = 0;
  int answered = 0;

 private:
  static bool has_word(const std::string& text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c != ' ' && c != '.'; });
  }
  bool open_ = false;
  bool expected_ = false;  // the end, in this pause
  std::int64_t last_begin_ = 0;
  std::int64_t last_end_ = -1;
  std::int64_t last_guess_ = 0;
  std::int64_t taken_until_ = 0;
  std::uint32_t last_attempt_ = 0;
};

class random_conversation {
 public:
  random_conversation(unsigned seed, turn_detection detection)
      : chance_{seed}, bench_{detection, config()}, detection_{detection} {}

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    // Everybody falls silent, and what was asked is answered.
    for (int i = 0; i < 300; ++i) hear(0.0);
    while (!seen.unanswered.empty()) answer();
    for (int i = 0; i < 300; ++i) hear(0.0);
  }
  contract seen;

 private:
  static endpointer_config config() {
    endpointer_config config;
    config.segment_min = 1'500ms;
    config.utterance_max = 6s;
    return config;
  }
  int dice(int sides) { return std::uniform_int_distribution{1, sides}(chance_); }

  void step() {
    if (dice(12) == 1) voice_ = !voice_;
    hear(voice_ ? 0.3 + 0.07 * dice(10) : 0.06 * dice(10));
    if (dice(8) == 1) answer();
    if (dice(20) == 1) {
      note(bench_.tested.on(guessed_end{last_attempt(), dice(100) / 100.0}));
    }
    if (dice(400) == 1) {
      seen.is_commit = !bench_.tested.is_speech();
      const auto heard = bench_.tested.samples_heard();
      note(bench_.tested.commit(heard - block));
      if (seen.is_commit) ++seen.committed;
      seen.is_commit = false;
    }
    if (dice(500) == 1) note(bench_.tested.clear());
    if (dice(3'000) == 1) {
      seen.unanswered.clear();
      note(bench_.tested.lose_guesses());
    }
    if (dice(700) == 1) {
      detection_.eagerness = static_cast<eagerness_kind>(dice(4) - 1);
      detection_.silence_duration = milliseconds{100 * dice(8)};
      bench_.tested.set(detection_);
    }
  }
  void hear(double activity) { note(bench_.tested.hear({activity, dice(4) == 1})); }
  std::uint32_t last_attempt() const {
    return seen.unanswered.empty() ? 0 : seen.unanswered.back();
  }
  void answer() {
    auto& waiting = seen.unanswered;
    if (waiting.empty()) return;
    const auto at = waiting.begin() + dice(static_cast<int>(waiting.size())) - 1;
    const auto attempt = *at;
    waiting.erase(at);
    if (dice(6) == 1) return note(bench_.tested.on(guess_failed{attempt}));
    const char* const texts[] = {"", "...", "Uh-huh.", "Well", "Well, I think so."};
    note(bench_.tested.on(guessed_words{attempt, texts[dice(5) - 1]}));
  }
  void note(const endpoint_effects& effects) {
    for (const auto& effect : effects) std::visit(seen, effect);
  }

  std::mt19937 chance_;
  endpointer_bench bench_;
  turn_detection detection_;
  bool voice_ = false;
};

}  // namespace

TEST_CASE("every utterance is dropped, or ends and is answered once, whatever is heard") {
  const auto kind = GENERATE(turn_detection_kind::server_vad, turn_detection_kind::semantic_vad);
  const auto seed = GENERATE(range(1u, 13u));
  CAPTURE(seed, static_cast<int>(kind));
  turn_detection detection;
  detection.kind = kind;
  detection.idle_timeout = 2s;
  random_conversation conversation{seed, detection};
  conversation.run(6'000);
  const auto& seen = conversation.seen;
  CHECK_FALSE(seen.open());
  CHECK(seen.begun > 20);
  CHECK(seen.dropped > 0);
  CHECK(seen.begun + seen.committed == seen.ended + seen.dropped);
  CHECK(seen.answered == seen.ended);
}
