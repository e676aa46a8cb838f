// Ends that are expected before they are certain, and how long a doubtful one is waited for.
#include "tests/actors/ears/endpointer_bench.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t blocks_in(milliseconds time) { return (time + 31ms) / 32ms; }

// Speech and the pause after it whose words are known, as long as doubt lasts.
std::int64_t blocks_until_end(eagerness_kind eagerness, const std::string& words) {
  endpointer_bench b{semantic_vad(eagerness), endpointer_config{}};
  b.voice(20);
  b.silence(2);
  b.words(1, words);
  b.end_is(1, 0.01);
  std::int64_t blocks = 2;
  for (; blocks < 400 && b.count<end_utterance>() == 0; ++blocks) b.silence(1);
  return blocks;
}

}  // namespace

TEST_CASE("an end that the net holds for possible is expected once its words are known") {
  endpointer_bench b{semantic_vad()};
  b.voice(20);
  b.silence(4);
  b.end_is(1, 0.3);
  CHECK(b.count<expect_end>() == 0);
  b.words(1, "How are you?");
  CHECK(b.only<expect_end>().text == "How are you?");
  CHECK(b.count<end_utterance>() == 0);
  b.silence(4);
  CHECK(b.count<expect_end>() == 1);
}

TEST_CASE("an end that the net thinks unlikely is expected late, and only of a whole sentence") {
  endpointer_bench whole{semantic_vad()};
  whole.voice(20);
  whole.silence(4);
  whole.words(1, "How are you?");
  whole.end_is(1, 0.05);
  CHECK(whole.count<expect_end>() == 0);
  whole.silence(8);
  CHECK(whole.only<expect_end>().text == "How are you?");

  endpointer_bench open{semantic_vad()};
  open.voice(20);
  open.silence(4);
  open.words(1, "I would like to");
  open.end_is(1, 0.05);
  open.silence(50);
  CHECK(open.count<expect_end>() == 0);
}

TEST_CASE("an end that was expected is withdrawn when speech goes on, and may be expected again") {
  endpointer_bench b{semantic_vad()};
  b.voice(20);
  b.silence(4);
  b.words(1, "How are you?");
  b.end_is(1, 0.4);
  b.voice(2);
  CHECK(b.count<expect_more>() == 1);
  b.voice(10);
  b.silence(4);
  b.words(2, "How are you doing?");
  b.end_is(2, 0.4);
  REQUIRE(b.count<expect_end>() == 2);
  CHECK(b.all<expect_end>()[1].text == "How are you doing?");
}

TEST_CASE("an end that comes at once was not expected before") {
  endpointer_bench b{semantic_vad()};
  b.voice(20);
  b.silence(6);
  b.end_is(1, 0.9);
  b.words(1, "How are you?");
  CHECK(b.count<end_utterance>() == 1);
  CHECK(b.count<expect_end>() == 0);
}

TEST_CASE("with server_vad the end is expected as soon as the words are known") {
  endpointer_bench b{server_vad(512ms)};
  b.voice(20);
  b.silence(3);
  b.words(1, "How are you?");
  CHECK(b.only<expect_end>().text == "How are you?");
}

TEST_CASE("a listener's sign of attention over the face is not expected to ask for an answer") {
  endpointer_bench b{server_vad(512ms)};
  b.hear(0.9, 10, true);
  b.silence(3);
  b.words(1, "Uh-huh.");
  CHECK(b.count<expect_end>() == 0);
}

TEST_CASE("doubt lasts less long after what reads as a whole sentence") {
  CHECK(blocks_until_end(eagerness_kind::low, "How are you?") == blocks_in(3'000ms));
  CHECK(blocks_until_end(eagerness_kind::medium, "How are you?") == blocks_in(1'000ms));
  CHECK(blocks_until_end(eagerness_kind::automatic, "How are you?") == blocks_in(1'000ms));
  CHECK(blocks_until_end(eagerness_kind::high, "How are you?") == blocks_in(700ms));
  CHECK(blocks_until_end(eagerness_kind::low, "I would like the.") == blocks_in(8'000ms));
  CHECK(blocks_until_end(eagerness_kind::medium, "I would like the.") == blocks_in(4'000ms));
  CHECK(blocks_until_end(eagerness_kind::high, "I would like the.") == blocks_in(2'000ms));
}

TEST_CASE("a doubtful end is judged often in its first half second and then less") {
  endpointer_bench b{semantic_vad(), endpointer_config{}};
  b.voice(20);
  b.silence(2);
  b.end_is(1, 0.01);
  CHECK(b.count<guess_end>() == 1);
  b.silence(16);
  CHECK(b.count<guess_end>() == 5);
  b.silence(16);
  CHECK(b.count<guess_end>() == 7);
}
