// What is felt in a turn: asked for with the voice, shown with the words, given to the face.

#include "tests/actors/session/turn_bench.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

struct bench : turn_bench {
  explicit bench(bool feels = true) {
    turn_config config;
    config.feels = feels;
    machine = turn_machine{{"conv_1"}, {7}, config};
    session_settings settings;
    settings.blendshapes = true;
    feed(begin_turn{{"resp_1", "item_1", "", settings, {{"user", "Hi"}}, false}});
  }
  void say(std::uint32_t index, const std::string& text) { feed(clause_ready{id(), index, text}); }
  void sounds(std::uint32_t index) { feed(speech_ready{id(), index, sound(4'800), {}, {}, 0ms}); }
  void face(std::uint32_t index) {
    const std::vector<face_frame> frames(6);
    feed(frames_ready{id(),
                      index,
                      static_cast<std::int64_t>(index) * 6,
                      shared_bytes::of(std::span{frames}),
                      {}});
  }
  void feels(std::uint32_t index, float joy) {
    felt told{id(), index, {}, {}, {}, {}, {}};
    told.weights[feeling::joy] = joy;
    feed(told);
  }
  std::vector<float> faces() const {
    std::vector<float> joys;
    for (const auto& one : all<animate>()) joys.push_back(one.feeling[feeling::joy]);
    return joys;
  }
};

}  // namespace

TEST_CASE("each clause is read before it is spoken") {
  bench b;
  b.say(0, "Hello.");
  b.say(1, "How are you?");
  const auto asked = b.all<feel>();
  REQUIRE(asked.size() == 2);
  CHECK(asked[0] == feel{b.id(), 0, "Hello."});
  CHECK(asked[1] == feel{b.id(), 1, "How are you?"});
  const auto first_of = [&](auto is_meant) {
    return std::find_if(b.effects.begin(), b.effects.end(), is_meant) - b.effects.begin();
  };
  CHECK(first_of([](const auto& x) { return std::holds_alternative<feel>(x); }) <
        first_of([](const auto& x) { return std::holds_alternative<speak>(x); }));
}

TEST_CASE("the voice has the pace of what is felt of its clause, where that is known") {
  bench b;
  b.say(0, "Hello.");
  b.say(1, "How are you?");
  b.say(2, "I have bad news.");
  felt bad{b.id(), 2, {}, {}, {}, {}, {}};
  bad.weights[feeling::concern] = 1;
  b.feed(bad);
  b.sounds(0);
  const auto spoken = b.all<speak>();
  REQUIRE(spoken.size() == 3);
  for (const int usual : {0, 1}) {
    CHECK(spoken[usual].style == speaking_style{});
    CHECK(spoken[usual].pause == 0ms);
  }
  CHECK(spoken[2].style.rate == Approx(0.9));
  CHECK(spoken[2].style.liveliness == Approx(0.85));
  CHECK(spoken[2].pause == 120ms);
}

TEST_CASE("the speed that a client sets is what a feeling changes") {
  bench b;
  b.feed(cancel_turn{"client_cancelled"});
  session_settings slow;
  slow.speech_rate = 0.5;
  b.feed(begin_turn{{"resp_2", "item_2", "", slow, {{"user", "Hi"}}, false}});
  b.say(0, "Hello.");
  b.say(1, "How are you?");
  b.feels(2, 1.0f);
  b.say(2, "Great!");
  b.sounds(0);
  const auto spoken = b.all<speak>();
  REQUIRE(spoken.size() == 3);
  CHECK(spoken[1].style.rate == 0.5);
  CHECK(spoken[2].style.rate == Approx(0.54));
}

TEST_CASE("no pause comes before the first clause, whatever is felt of it") {
  bench b;
  felt bad{b.id(), 0, {}, {}, {}, {}, {}};
  bad.weights[feeling::concern] = 1;
  b.feed(bad);
  b.say(0, "I have bad news.");
  REQUIRE(b.all<speak>().size() == 1);
  CHECK(b.all<speak>()[0].style.rate == Approx(0.9));
  CHECK(b.all<speak>()[0].pause == 0ms);
}

TEST_CASE("an answer that is thought ahead is not said in the mood of the answer before") {
  bench b;
  b.say(0, "I have bad news.");
  felt bad{b.id(), 0, {}, {}, {}, {}, {}};
  bad.weights[feeling::concern] = 1;
  b.feed(bad);
  b.sounds(0);
  b.feed(reply_finished{b.id(), 1, {}, finish_reason::stop});
  b.face(0);
  b.feed(frames_ready{b.id(), 1, 6, {}, {}});
  REQUIRE(b.machine.phase() == turn_phase::idle);
  b.feed(foresee_turn{{"resp_2", "item_2", "", {}, {{"user", "Oh"}}, false}});
  b.say(0, "Let me help.");
  CHECK(b.all<speak>().back().style == speaking_style{});
}

TEST_CASE("an answer that goes on after a cough is felt anew") {
  bench b;
  b.say(0, "Hello.");
  b.say(1, "How are you?");
  b.feed(interrupt_turn{});
  const auto before = b.all<feel>().size();
  turn_request rest{"resp_2", "item_2", "", {}, {}, false};
  b.feed(resume_turn{rest});
  const auto asked = b.all<feel>();
  REQUIRE(asked.size() == before + 2);
  CHECK(asked[before] == feel{b.id(), 0, "Hello."});
  CHECK(asked[before + 1] == feel{b.id(), 1, "How are you?"});
}

TEST_CASE("where nothing is felt nothing is asked, and the face is given no feeling") {
  bench b{false};
  b.say(0, "Hello.");
  b.sounds(0);
  CHECK(b.all<feel>().empty());
  CHECK(b.faces() == std::vector{0.0f});
}

TEST_CASE("the face of a clause has its feeling, or that of the clause before") {
  bench b;
  b.say(0, "Hello.");
  b.say(1, "It is Monday.");
  b.feels(0, 0.8f);
  b.sounds(0);
  b.sounds(1);
  CHECK(b.faces() == std::vector{0.8f, 0.8f});
}

TEST_CASE("nothing waits for a feeling that is late") {
  bench b;
  b.say(0, "Hello.");
  b.sounds(0);
  b.face(0);
  CHECK(b.sent<media_chunk>().size() == 1);
  CHECK(b.faces() == std::vector{0.0f});
}

TEST_CASE("a feeling is told after the words of its clause, once") {
  bench b;
  b.say(0, "Hello.");
  b.feels(0, 0.8f);
  CHECK(b.sent<felt>().empty());
  b.sounds(0);
  b.face(0);
  REQUIRE(b.sent<text_piece>().size() == 1);
  REQUIRE(b.sent<felt>().size() == 1);
  CHECK(b.sent<felt>()[0].index == 0);
  b.feels(0, 0.8f);
  CHECK(b.sent<felt>().size() == 1);
}

TEST_CASE("one that comes after the words is told when it comes, unless a later one was") {
  bench b;
  b.say(0, "Hello.");
  b.say(1, "Well.");
  for (const std::uint32_t index : {0u, 1u}) {
    b.sounds(index);
    b.face(index);
  }
  b.feels(1, 0.5f);
  REQUIRE(b.sent<felt>().size() == 1);
  CHECK(b.sent<felt>()[0].index == 1);
  CHECK(b.sent<felt>()[0].first_sample == 4'800);
  b.feels(0, 0.5f);
  CHECK(b.sent<felt>().size() == 1);
}

TEST_CASE("what came in time for the face is told as shown, and nothing else") {
  bench b;
  b.say(0, "Hello.");
  b.say(1, "Well.");
  b.feels(0, 0.8f);
  b.sounds(0);
  b.sounds(1);
  b.feels(1, 0.5f);
  b.face(0);
  b.face(1);
  CHECK(b.faces() == std::vector{0.8f, 0.8f});
  const auto told = b.sent<felt>();
  REQUIRE(told.size() == 2);
  CHECK(told[0].shown);
  CHECK_FALSE(told[1].shown);
}

TEST_CASE("where no face was asked for none shows what is felt") {
  bench b;
  b.feed(cancel_turn{"client_cancelled"});
  b.feed(begin_turn{{"resp_2", "item_2", "", {}, {{"user", "Hi"}}, false}});
  b.say(0, "Hello.");
  b.feels(0, 0.8f);
  b.sounds(0);
  REQUIRE(b.sent<felt>().size() == 1);
  CHECK_FALSE(b.sent<felt>()[0].shown);
}

TEST_CASE("a feeling of an older turn is stale, and each turn begins without one") {
  bench b;
  b.say(0, "Hello.");
  b.feels(0, 0.8f);
  b.feed(cancel_turn{"client_cancelled"});
  const auto old = b.id();
  b.feed(begin_turn{{"resp_2", "item_2", "", {}, {{"user", "Hi"}}, false}});
  b.feed(felt{old, 0, {}, {}, {}, {}, {}});
  CHECK(b.all<stale_dropped>().size() == 1);
  b.say(0, "Again.");
  b.sounds(0);
  CHECK(b.sent<felt>().empty());
}

TEST_CASE("what is felt of an answer that was thought ahead is kept for it") {
  bench b;
  b.feed(cancel_turn{"client_cancelled"});
  turn_request request{"resp_2", "item_2", "", {}, {{"user", "Hi"}}, false};
  request.settings.blendshapes = true;
  b.feed(foresee_turn{request});
  b.say(0, "Great!");
  CHECK(b.all<feel>().back() == feel{b.id(), 0, "Great!"});
  b.feels(0, 0.9f);
  b.sounds(0);
  b.feed(begin_turn{request});
  CHECK(b.faces() == std::vector{0.9f});
}

// ---- answers that are only written

namespace {

struct written_bench : bench {
  written_bench() {
    feed(cancel_turn{"client_cancelled"});
    session_settings settings;
    settings.modality = output_modality::text;
    feed(begin_turn{{"resp_2", "item_2", "", settings, {{"user", "Hi"}}, false}});
    effects.clear();
  }
  void write(const std::string& text) { feed(text_ready{id(), text}); }
  void reply_ends() { feed(reply_finished{id(), 0, {}, finish_reason::stop}); }
  bool has_ended() const { return !sent<turn_finished>().empty(); }
};

}  // namespace

TEST_CASE("the sentences of a written answer are felt, and told after their words") {
  written_bench b;
  b.write("Hello, and welcome.");
  CHECK(b.sent<text_piece>().size() == 1);
  CHECK(b.all<feel>().empty());  // it may go on: "welcome.com"
  b.write(" How are you?");
  REQUIRE(b.all<feel>().size() == 1);
  CHECK(b.all<feel>()[0] == feel{b.id(), 0, "Hello, and welcome."});
  b.feels(0, 0.8f);
  REQUIRE(b.sent<felt>().size() == 1);
  CHECK(b.sent<felt>()[0].first_sample == 0);
  CHECK_FALSE(b.sent<felt>()[0].shown);
  b.reply_ends();
  REQUIRE(b.all<feel>().size() == 2);
  CHECK(b.all<feel>()[1] == feel{b.id(), 1, " How are you?"});
  CHECK(b.all<speak>().empty());
}

TEST_CASE("the end of a written answer waits for what its last sentence expresses") {
  written_bench b;
  b.write("Hello.");
  b.reply_ends();
  CHECK_FALSE(b.has_ended());
  b.feels(0, 0.8f);
  CHECK(b.has_ended());
  CHECK(b.sent<felt>().size() == 1);
}

TEST_CASE("but not for long") {
  written_bench b;
  b.write("Hello.");
  b.reply_ends();
  const auto wakes = b.all<wake_at>();
  REQUIRE_FALSE(wakes.empty());
  CHECK(wakes.back().when == b.now + 100ms);
  b.now += 100ms;
  b.feed(wake_turn{});
  CHECK(b.has_ended());
  CHECK(b.sent<felt>().empty());
}

TEST_CASE("a written answer that is broken off, or says nothing, waits for no feeling") {
  written_bench b;
  b.write("Hello. Well");
  b.feed(cancel_turn{"client_cancelled"});
  CHECK(b.has_ended());
  written_bench silent;
  silent.write("...");
  silent.reply_ends();
  CHECK(silent.has_ended());
}

TEST_CASE("where nothing is felt a written answer ends with its words") {
  turn_bench b;
  session_settings settings;
  settings.modality = output_modality::text;
  b.feed(begin_turn{{"resp_1", "item_1", "", settings, {{"user", "Hi"}}, false}});
  b.feed(text_ready{b.id(), "Hello."});
  b.feed(reply_finished{b.id(), 0, {}, finish_reason::stop});
  CHECK(b.sent<turn_finished>().size() == 1);
  CHECK(b.all<feel>().empty());
}
