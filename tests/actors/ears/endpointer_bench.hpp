#pragma once
// An endpointer that is told of sound block by block, and what it said, for its tests.

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "actors/ears/endpointer.hpp"

namespace dhr::test {

inline constexpr std::int64_t block = hearing_block_samples;

inline turn_detection server_vad(milliseconds silence = milliseconds{512}) {
  turn_detection detection;
  detection.kind = turn_detection_kind::server_vad;
  detection.silence_duration = silence;
  return detection;
}

inline turn_detection semantic_vad(eagerness_kind eagerness = eagerness_kind::automatic) {
  turn_detection detection;
  detection.kind = turn_detection_kind::semantic_vad;
  detection.eagerness = eagerness;
  return detection;
}

// Pauses of three blocks, which the tests count with.
inline endpointer_config bench_config() {
  endpointer_config config;
  config.pause_blocks = 3;
  return config;
}

struct endpointer_bench {
  endpointer tested;
  endpoint_effects said;  // since the last `take`

  explicit endpointer_bench(const turn_detection& detection,
                            endpointer_config config = bench_config())
      : tested{detection, config} {}

  void note(endpoint_effects effects) {
    said.insert(said.end(), std::make_move_iterator(effects.begin()),
                std::make_move_iterator(effects.end()));
  }
  void hear(double activity, int blocks, bool face_sounds = false) {
    for (int i = 0; i < blocks; ++i) note(tested.hear({activity, face_sounds}));
  }
  void voice(int blocks) { hear(0.9, blocks); }
  void silence(int blocks) { hear(0.02, blocks); }
  void face(int blocks) { hear(0.02, blocks, true); }
  void words(std::uint32_t attempt, std::string text) {
    note(tested.on(guessed_words{attempt, std::move(text)}));
  }
  void fails(std::uint32_t attempt) { note(tested.on(guess_failed{attempt})); }
  void end_is(std::uint32_t attempt, double probability) {
    note(tested.on(guessed_end{attempt, probability}));
  }
  void commit(std::int64_t first_sample = 0) { note(tested.commit(first_sample)); }
  void clear() { note(tested.clear()); }

  template <class Effect>
  [[nodiscard]] std::vector<Effect> all() const {
    std::vector<Effect> found;
    for (const auto& effect : said) {
      if (const auto* x = std::get_if<Effect>(&effect)) found.push_back(*x);
    }
    return found;
  }
  template <class Effect>
  [[nodiscard]] std::size_t count() const {
    return all<Effect>().size();
  }
  template <class Effect>
  [[nodiscard]] Effect only() const {
    const auto found = all<Effect>();
    REQUIRE(found.size() == 1);
    return found.front();
  }
  void forget() { said.clear(); }
  [[nodiscard]] std::string told() const {
    std::string text;
    for (const auto& x : all<tell_words>()) text += x.text;
    return text;
  }
  // What was said, in order, but for expectations: "begin guess judge drop end words ...".
  [[nodiscard]] std::string order() const;
};

struct name_of_effect {
  std::string operator()(const begin_utterance&) const { return "begin"; }
  std::string operator()(const guess_words& x) const { return "guess" + std::to_string(x.attempt); }
  std::string operator()(const guess_end& x) const { return "judge" + std::to_string(x.attempt); }
  std::string operator()(const forget_guess& x) const {
    return "forget" + std::to_string(x.attempt);
  }
  std::string operator()(const tell_words& x) const { return "tell" + std::to_string(x.attempt); }
  std::string operator()(const expect_end&) const { return {}; }
  std::string operator()(const expect_more&) const { return {}; }
  std::string operator()(const end_utterance& x) const { return "end" + std::to_string(x.attempt); }
  std::string operator()(const utterance_words& x) const { return "'" + x.text + "'"; }
  std::string operator()(const no_words&) const { return "no_words"; }
  std::string operator()(const words_lost&) const { return "lost"; }
  std::string operator()(const drop_utterance& x) const { return x.cleared ? "cleared" : "drop"; }
  std::string operator()(const report_idle&) const { return "idle"; }
};

inline std::string endpointer_bench::order() const {
  std::string names;
  for (const auto& effect : said) {
    const auto name = std::visit(name_of_effect{}, effect);
    if (!names.empty() && !name.empty()) names += ' ';
    names += name;
  }
  return names;
}

}  // namespace dhr::test
