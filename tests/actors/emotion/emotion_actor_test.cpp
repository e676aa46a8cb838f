#include "actors/emotion/emotion_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/support/deterministic_system.hpp"

using namespace dhr;

namespace {

struct record {
  std::vector<read_emotion> asked;
  std::vector<cancel_feeling> cancelled;
  std::vector<felt> told;
};

// An emotion child between a session and a reader that write down what they are told; the test
// gives the reader's answers.
struct bench {
  testing::deterministic_system<caf::id_block::dhr_emotion> world;
  record seen;
  emotion_client session = world.system.spawn([this]() -> emotion_client::behavior_type {
    return {[this](const felt& x) { seen.told.push_back(x); }};
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
  b.tell(feel_user{bench::turn(1), "I am so afraid of losing my house.", {}});
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

TEST_CASE("how the user said it counts as well") {
  prosody flat;
  flat.pitch_hz_median = 120;
  flat.pitch_range_semitones = 2;
  flat.rate_syllables_per_s = 2;
  flat.speech_ms = 1'500;
  bench b;
  b.tell(feel_user{bench::turn(1), "I am a little worried.", flat});
  b.read(emotion_label::nervousness, 0.4f);
  b.tell(feel{bench::turn(1), 0, "I see."});
  b.read(emotion_label::neutral, 1.0f);
  CHECK(b.seen.told[0].rules == std::vector<std::string>{"comfort"});
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
  const feel_user words{bench::turn(4), "No.", prosody{180.5, 3.25, -20, 4, 0.5, 1, 0.25, 900}};
  CHECK(testing::round_trip(b.world.system, words) == words);
  const outcome_known outcome{bench::turn(4), -0.5};
  CHECK(testing::round_trip(b.world.system, outcome) == outcome);
}
