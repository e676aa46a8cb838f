#include "actors/emotion/emotion_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/support/deterministic_system.hpp"

using namespace dhr;

namespace {

prosody flat_voice() {
  prosody flat;
  flat.pitch_hz_median = 120;
  flat.pitch_range_semitones = 2;
  flat.rate_syllables_per_s = 2;
  flat.speech_ms = 1'500;
  return flat;
}

struct record {
  std::vector<read_emotion> asked;
  std::vector<cancel_feeling> cancelled;
  std::vector<felt> told;
  std::vector<feelings> moods;
};

// An emotion child between a session and a reader that write down what they are told; the test
// gives the reader's answers.
struct bench {
  testing::deterministic_system<add_emotion_messages> world;
  record seen;
  emotion_client session = world.system.spawn([this]() -> emotion_client::behavior_type {
    return {[this](const felt& x) { seen.told.push_back(x); },
            [this](const mood_known& x) { seen.moods.push_back(x.mood); }};
  });
  emotion_reader_actor reader = world.system.spawn([this]() -> emotion_reader_actor::behavior_type {
    return {
        [this](const read_emotion& x, const emotion_reader_client&) { seen.asked.push_back(x); },
        [this](const cancel_feeling& x) { seen.cancelled.push_back(x); }};
  });
  emotion_actor child;

  explicit bench(feeling_limits limits = {}) {
    child = spawn_emotion(world.system, session, reader, {limits, milliseconds{700}});
  }
  ~bench() {
    caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
    world.settle();
  }
  static turn_id turn(std::uint64_t number) { return {{"conv_1"}, {1}, number}; }
  template <class Message>
  void tell(Message message) {
    caf::anon_send(child, std::move(message));
    world.settle();
  }
  // The reader has found this in what it was asked last.
  void read(emotion_label label, float score) {
    emotion_read answer{seen.asked.back().turn, seen.asked.back().index, {}};
    answer.scores[label] = score;
    tell(answer);
  }
};

}  // namespace

TEST_CASE("a clause is read, and what is felt is told with what it expresses itself") {
  feeling_limits limits;
  limits.most[feeling::joy] = 0.5f;
  bench b{limits};
  b.tell(feel{bench::turn(1), 3, "What a wonderful day!"});
  REQUIRE(b.seen.asked.size() == 1);
  CHECK(b.seen.asked[0].text == "What a wonderful day!");
  CHECK(b.seen.asked[0].budget == milliseconds{700});
  b.read(emotion_label::joy, 0.9f);
  REQUIRE(b.seen.told.size() == 1);
  const auto& told = b.seen.told[0];
  CHECK(told.turn == bench::turn(1));
  CHECK(told.index == 3);
  CHECK(told.raw[feeling::joy] == Approx(0.9f));
  CHECK(told.weights[feeling::joy] == Approx(0.5f));
  CHECK(told.scores[emotion_label::joy] == Approx(0.9f));
  CHECK(told.rules == std::vector<std::string>{"persona_limit"});
}

TEST_CASE("a clause without a feeling of its own keeps some of the one before, within its turn") {
  bench b;
  b.tell(feel{bench::turn(1), 0, "Great!"});
  b.read(emotion_label::joy, 1.0f);
  b.tell(feel{bench::turn(1), 1, "It is Monday."});
  b.read(emotion_label::neutral, 1.0f);
  CHECK(b.seen.told[1].weights[feeling::joy] == Approx(0.5f));
  b.tell(feel{bench::turn(2), 0, "It is Tuesday."});
  b.read(emotion_label::neutral, 1.0f);
  CHECK(b.seen.told[2].weights == feelings{});
}

TEST_CASE("what the user expresses colours the answer and is not told as felt") {
  bench b;
  b.tell(feel_user{bench::turn(1), "item_1", "I am so afraid of losing my house."});
  CHECK(b.seen.asked[0].index == users_words);
  b.read(emotion_label::fear, 0.9f);
  CHECK(b.seen.told.empty());
  b.tell(feel{bench::turn(1), 0, "Wonderful, let us have a look!"});
  b.read(emotion_label::excitement, 0.9f);
  REQUIRE(b.seen.told.size() == 1);
  CHECK(b.seen.told[0].weights[feeling::joy] <= 0.2f);
  CHECK(b.seen.told[0].weights[feeling::concern] > 0.5f);
  CHECK(b.seen.told[0].raw[feeling::joy] > 0.8f);
}

TEST_CASE("how the user said it counts as well, whether that is known before the words or after") {
  const int step_of_melody = GENERATE(0, 1, 2);
  INFO("the melody is told in step " << step_of_melody);
  bench b;
  const auto tell_melody = [&](int step) {
    if (step == step_of_melody) b.tell(feel_melody{"item_1", flat_voice()});
  };
  tell_melody(0);
  b.tell(feel_user{bench::turn(1), "item_1", "I am a little worried."});
  tell_melody(1);
  b.read(emotion_label::nervousness, 0.4f);
  tell_melody(2);
  b.tell(feel{bench::turn(1), 0, "I see."});
  b.read(emotion_label::neutral, 1.0f);
  CHECK(b.seen.told[0].rules == std::vector<std::string>{"comfort"});
}

TEST_CASE("words have the melody of their own item alone") {
  bench b;
  b.tell(feel_user{bench::turn(1), "item_1", "I am a little worried."});
  b.tell(feel_user{bench::turn(1), "item_2", "I am a little worried."});
  b.tell(feel_melody{"item_1", flat_voice()});
  REQUIRE(b.seen.asked.size() == 1);
  b.read(emotion_label::nervousness, 0.4f);
  REQUIRE(b.seen.asked.size() == 2);
  b.read(emotion_label::nervousness, 0.4f);
  REQUIRE(b.seen.moods.size() == 1);
  const auto words_alone = b.seen.moods[0];
  CHECK(words_alone[feeling::concern] < 0.5f);
  b.tell(feel_melody{"item_2", flat_voice()});
  REQUIRE(b.seen.moods.size() == 2);
  CHECK(b.seen.moods[1][feeling::concern] > words_alone[feeling::concern]);
}

TEST_CASE("of words that follow each other fast the last ones count, and no reading is mixed up") {
  bench b;
  b.tell(feel_user{bench::turn(1), "item_1", "I am so happy!"});
  b.tell(feel_user{bench::turn(1), "item_2", "Well."});
  b.tell(feel_user{bench::turn(1), "item_3", "I am afraid."});
  REQUIRE(b.seen.asked.size() == 1);
  b.read(emotion_label::joy, 0.9f);
  CHECK(b.seen.moods.empty());
  REQUIRE(b.seen.asked.size() == 2);
  CHECK(b.seen.asked[1].text == "I am afraid.");
  b.read(emotion_label::fear, 0.9f);
  REQUIRE(b.seen.moods.size() == 1);
  CHECK(b.seen.moods[0][feeling::concern] > 0.5f);
  CHECK(b.seen.moods[0][feeling::joy] == 0.0f);
}

TEST_CASE("of words that cannot be read nothing is known, and no older mood stays") {
  bench b;
  b.tell(feel_user{bench::turn(1), "item_1", "I am so afraid."});
  b.read(emotion_label::fear, 0.9f);
  b.tell(feel_user{bench::turn(2), "item_2", "What is the time?"});
  b.tell(reading_failed{bench::turn(2), users_words, {errc::deadline, "late", {}, {}}});
  REQUIRE(b.seen.moods.size() == 2);
  CHECK(b.seen.moods[1] == feelings{});
  b.tell(feel{bench::turn(2), 0, "Wonderful, let us have a look!"});
  b.read(emotion_label::excitement, 0.9f);
  CHECK(b.seen.told.back().rules.empty());
}

TEST_CASE("words whose answer was thought ahead and dropped are read all the same") {
  bench b;
  b.tell(feel_user{bench::turn(1), "item_1", "I am so afraid."});
  b.tell(cancel_feeling{bench::turn(1)});
  b.tell(reading_failed{bench::turn(1), users_words, {errc::cancelled, "cancelled", {}, {}}});
  REQUIRE(b.seen.asked.size() == 2);
  CHECK(b.seen.asked[1] == b.seen.asked[0]);
  b.read(emotion_label::fear, 0.9f);
  REQUIRE(b.seen.moods.size() == 1);
  CHECK(b.seen.moods[0][feeling::concern] > 0.5f);
}

TEST_CASE("a child that is told what the user feels goes on from there") {
  bench b;
  feelings worried;
  worried[feeling::concern] = 0.9f;
  b.tell(mood_known{worried});
  b.tell(feel_melody{"item_0", flat_voice()});
  b.tell(feel{bench::turn(5), 0, "Wonderful, let us have a look!"});
  b.read(emotion_label::excitement, 0.9f);
  REQUIRE(b.seen.told.size() == 1);
  CHECK(b.seen.told[0].rules == std::vector<std::string>{"comfort"});
  CHECK(b.seen.moods.empty());
}

TEST_CASE("a loss is not announced beaming, and is forgotten with its turn") {
  bench b;
  b.tell(outcome_known{bench::turn(1), -0.8});
  b.tell(feel{bench::turn(1), 0, "Your portfolio has changed!"});
  b.read(emotion_label::excitement, 0.9f);
  CHECK(b.seen.told[0].weights[feeling::joy] < 0.1f);
  b.tell(feel{bench::turn(2), 0, "What else?"});
  b.read(emotion_label::excitement, 0.9f);
  CHECK(b.seen.told[1].weights[feeling::joy] > 0.7f);
}

TEST_CASE("a turn that was cancelled is forgotten by the reader, and its answers by the child") {
  bench b;
  b.tell(feel{bench::turn(1), 0, "Great!"});
  b.tell(cancel_feeling{bench::turn(1)});
  REQUIRE(b.seen.cancelled.size() == 1);
  CHECK(b.seen.cancelled[0].turn == bench::turn(1));
  b.tell(feel{bench::turn(2), 0, "Well."});
  b.tell(emotion_read{bench::turn(1), 0, {}});
  CHECK(b.seen.told.empty());
}

TEST_CASE("a clause that cannot be read is not answered, and the next one is") {
  bench b;
  b.tell(feel{bench::turn(1), 0, "Great!"});
  b.tell(reading_failed{bench::turn(1), 0, {errc::overloaded, "full", {}, {}}});
  CHECK(b.seen.told.empty());
  b.tell(feel{bench::turn(1), 1, "Really!"});
  b.read(emotion_label::joy, 1.0f);
  CHECK(b.seen.told.size() == 1);
}

TEST_CASE("the child ends with its session") {
  bench b;
  const auto watched = b.child.address();
  caf::anon_send_exit(b.session, caf::exit_reason::user_shutdown);
  b.world.settle();
  CHECK(caf::actor_cast<caf::abstract_actor*>(b.child)->getf(
      caf::abstract_actor::is_terminated_flag));
}

TEST_CASE("the room's messages arrive at another node as they were sent") {
  bench b;
  felt told{bench::turn(4), 2, {}, {}, {}, {}, {"comfort"}};
  for (std::size_t i = 0; i < emotion_label_count; ++i) {
    told.scores.values[i] = 0.01f * static_cast<float>(i);
  }
  told.weights[feeling::concern] = 0.25f;
  told.face.weights[9] = 0.125f;
  CHECK(testing::round_trip(b.world.system, told) == told);
  told.shown = true;
  CHECK(testing::round_trip(b.world.system, told) == told);
  const feel_user words{bench::turn(4), "item_1", "No."};
  CHECK(testing::round_trip(b.world.system, words) == words);
  const feel_melody melody{"item_1", {180.5, 3.25, -20, 4, 0.5, 1, 0.25, 900}};
  CHECK(testing::round_trip(b.world.system, melody) == melody);
  const mood_known mood{{{0.5f, 0, 0.25f, 0, 1}}};
  CHECK(testing::round_trip(b.world.system, mood) == mood);
  const outcome_known outcome{bench::turn(4), -0.5};
  CHECK(testing::round_trip(b.world.system, outcome) == outcome);
}
