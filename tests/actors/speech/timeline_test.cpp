#include "actors/speech/timeline.hpp"

#include <catch2/catch.hpp>
#include <numeric>

using namespace dhr;

namespace {

using durations = std::vector<std::int64_t>;

// With this unit a duration is a sample.
constexpr duration_unit samples{1, speech_sample_rate};

std::string drawn(const std::vector<timed_phoneme>& timeline) {
  std::string line;
  for (const auto& [span, word] : timeline) {
    line += (line.empty() ? "" : " ") + (span.ipa.empty() ? std::string{"-"} : span.ipa) +
            (span.stressed ? "!" : "") + std::to_string(span.first_sample) + ":" +
            std::to_string(span.last_sample);
  }
  return line;
}

// Durations of one sample for each id, but for those that are given.
durations ones(std::size_t symbols, std::vector<std::pair<std::size_t, std::int64_t>> other = {}) {
  durations all(2 * symbols + 3, 1);
  for (const auto& [i, value] : other) all[i] = value;
  return all;
}

}  // namespace

TEST_CASE("blanks belong to the sound before, and what is no sound is silence") {
  const phoneme_text text{U"pa.", {0, 0, -1}};
  CHECK(drawn(piper_timeline(text, ones(3), samples)) == "-0:2 p2:4 a4:6 -6:9");
}

TEST_CASE(
    "stress goes to the sound behind it, length to the sound before, and both leave no sign") {
  const phoneme_text text{U"pˈaːt", {0, 0, 0, 0, 0}};
  CHECK(drawn(piper_timeline(text, ones(5), samples)) == "-0:2 p2:4 a!4:10 t10:12 -12:13");
  const phoneme_text secondary{U"ˌa", {0, 0}};
  CHECK(drawn(piper_timeline(secondary, ones(2), samples)) == "-0:2 a2:6 -6:7");
}

TEST_CASE("diphthongs and affricates are one phoneme, but not across words") {
  CHECK(drawn(piper_timeline({U"aɪtʃ", {0, 0, 0, 0}}, ones(4), samples)) ==
        "-0:2 aɪ2:6 tʃ6:10 -10:11");
  CHECK(drawn(piper_timeline({U"tʃ", {0, 1}}, ones(2), samples)) == "-0:2 t2:4 ʃ4:6 -6:7");
  CHECK(drawn(piper_timeline({U"t ʃ", {0, -1, 1}}, ones(3), samples)) == "-0:2 t2:5 ʃ5:8 -8:9");
}

TEST_CASE("a short gap between words is shared by its neighbours, a long one is silence") {
  const phoneme_text text{U"a b", {0, -1, 1}};
  CHECK(drawn(piper_timeline(text, ones(3, {{4, 3}, {5, 2}}), samples)) ==
        "-0:2 a2:7 b7:11 -11:12");
  CHECK(drawn(piper_timeline(text, ones(3, {{4, 8}, {5, 2}}), samples)) ==
        "-0:2 a2:4 -4:14 b14:16 -16:17");
}

TEST_CASE("the gap behind punctuation is silence too") {
  CHECK(drawn(piper_timeline({U"a, b", {0, -1, -1, 1}}, ones(4), samples)) ==
        "-0:2 a2:4 -4:8 b8:10 -10:11");
}

TEST_CASE("an hour of hops is cut without drift, hole or overlap") {
  const duration_unit piper;
  phoneme_text text;
  for (int i = 0; i < 55'000; ++i) {
    text.symbols += i % 2 == 0 ? U'p' : U'a';
    text.words.push_back(0);
  }
  durations hops(2 * text.symbols.size() + 3);
  for (std::size_t i = 0; i < hops.size(); ++i) hops[i] = 1 + static_cast<std::int64_t>(i * 7 % 5);
  const auto timeline = piper_timeline(text, hops, piper);
  const auto total = std::accumulate(hops.begin(), hops.end(), std::int64_t{0});
  REQUIRE(total * 256 > 3'600 * 22'050);
  std::int64_t at = 0;
  std::int64_t passed = hops[0] + hops[1];
  bool exact = true;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    exact = exact && timeline[i].span.first_sample == at && timeline[i].span.last_sample > at;
    at = timeline[i].span.last_sample;
    if (i > 0 && i + 1 < timeline.size()) passed += hops[2 * i] + hops[2 * i + 1];
    // At most half a sample from the exact time.
    if (i + 1 < timeline.size())
      exact = exact && std::abs(at * 22'050 - passed * 256 * 24'000) * 2 <= 22'050;
  }
  CHECK(exact);
  CHECK(at == piper.to_sample(total));
}

TEST_CASE("words last from their first phoneme to their last, by the written word") {
  const auto spoken = normalize("$5 now");  // five dollars now
  const std::vector<timed_phoneme> timeline = {{{"", 0, 5, false}, -1},
                                               {{"f", 5, 9, false}, 0},
                                               {{"d", 9, 12, false}, 1},
                                               {{"n", 12, 20, false}, 2}};
  CHECK(word_times(spoken, timeline) == std::vector<word_span>{{"$5", 5, 12}, {"now", 12, 20}});
}

TEST_CASE("silence at the start is cut down, sound and times together") {
  const auto spoken = normalize("a");
  const auto make = [&](std::int64_t silence) {
    std::vector<std::int16_t> sound(static_cast<std::size_t>(silence), 0);
    sound.resize(sound.size() + 10, 7);
    return make_utterance(
        sound, spoken, {{{"", 0, silence, false}, -1}, {{"a", silence, silence + 10, false}, 0}});
  };
  auto cut = make(100);
  cap_leading_silence(cut, 30);
  CHECK(cut == make(30));
  auto untouched = make(30);
  cap_leading_silence(untouched, 30);
  CHECK(untouched == make(30));
  auto gone = make(100);
  cap_leading_silence(gone, 0);
  CHECK(gone.samples.size() == 10);
  CHECK(gone.phonemes == std::vector<phoneme_span>{{"a", 0, 10, false}});
}

TEST_CASE("silence before a clause moves its times along, and is one with the silence of its own") {
  utterance spoken{
      {7, 7, 7, 7}, {{"a", 0, 2, true}, {"b", 2, 4, false}}, {{"a", 0, 2}, {"b", 2, 4}}};
  add_leading_silence(spoken, 3);
  CHECK(spoken == utterance{{0, 0, 0, 7, 7, 7, 7},
                            {{"", 0, 3, false}, {"a", 3, 5, true}, {"b", 5, 7, false}},
                            {{"a", 3, 5}, {"b", 5, 7}}});
  add_leading_silence(spoken, 2);
  CHECK(spoken.phonemes.front() == phoneme_span{"", 0, 5, false});
  CHECK(spoken.phonemes.size() == 3);
  CHECK(spoken.samples.size() == 9);
  const auto before = spoken;
  add_leading_silence(spoken, 0);
  CHECK(spoken == before);
}
