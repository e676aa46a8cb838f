#include "actors/avatar/face_animator.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "actors/avatar/lip_aperture.hpp"

using namespace dhr;

namespace {

constexpr std::int64_t ms(std::int64_t milliseconds) { return milliseconds * 24; }

// Phonemes of the given lengths in ms, one after the other.
std::vector<phoneme_span> timeline(std::vector<std::pair<std::string, std::int64_t>> parts) {
  std::vector<phoneme_span> spans;
  std::int64_t at = 0;
  for (auto& [ipa, length] : parts) {
    spans.push_back({ipa, at, at + ms(length), is_vowel(viseme_of(ipa).first)});
    at += ms(length);
  }
  return spans;
}

const std::vector<std::string> sounds{"p", "b", "m", "f",  "v",  "t",  "d",  "n",  "k", "ɡ",
                                      "ŋ", "s", "z", "ʃ",  "tʃ", "dʒ", "θ",  "ð",  "l", "ɹ",
                                      "h", "w", "j", "æ",  "ɑ",  "ʌ",  "ə",  "ɛ",  "ɪ", "i",
                                      "ɔ", "ʊ", "u", "eɪ", "aɪ", "aʊ", "oʊ", "ɔɪ", "ɚ", ""};

// A random sentence that begins and ends with a short silence.
std::vector<phoneme_span> sentence(std::mt19937& random, int phonemes) {
  std::vector<std::pair<std::string, std::int64_t>> parts{{"", 40}};
  for (int i = 0; i < phonemes; ++i) {
    parts.emplace_back(sounds[random() % sounds.size()], 30 + random() % 170);
  }
  parts.emplace_back("", 60);
  return timeline(parts);
}

std::vector<face_frame> animate(const std::vector<phoneme_span>& spans, int fps = 30) {
  face_animator animator{{fps, 1.0, 5}};
  animator.begin_turn();
  auto frames = animator.append(0, spans.back().last_sample, spans).frames;
  const auto rest = animator.finish().frames;
  frames.insert(frames.end(), rest.begin(), rest.end());
  return frames;
}

double widest(const std::vector<face_frame>& frames) {
  double most = 0;
  for (const auto& frame : frames) most = std::max(most, lip_aperture_mm(frame));
  return most;
}

// Frames that show a moment inside [first, last).
std::pair<std::int64_t, std::int64_t> frames_over(std::int64_t first, std::int64_t last, int fps) {
  return {first * fps / 24'000, (last * fps + 23'999) / 24'000};
}

bool is_mouth(std::size_t shape) {
  const auto name = blendshape_names[shape];
  return name.starts_with("mouth") || name.starts_with("jaw") || name.starts_with("tongue");
}

}  // namespace

TEST_CASE("P, B and M close the lips in every context, at any length and frame rate") {
  for (const int fps : {24, 30, 60}) {
    std::mt19937 random{static_cast<std::mt19937::result_type>(fps)};
    for (int round = 0; round < 60; ++round) {
      const auto spans = sentence(random, 25);
      const auto frames = animate(spans, fps);
      const auto limit = 0.1 * widest(frames);
      for (const auto& span : spans) {
        if (viseme_of(span.ipa).first != viseme::PP) continue;
        const auto [first, last] = frames_over(span.first_sample, span.last_sample, fps);
        double least = 1e9;
        for (auto i = first; i < last; ++i) {
          least = std::min(least, lip_aperture_mm(frames[static_cast<std::size_t>(i)]));
        }
        INFO(fps << " fps, " << span.ipa << " of " << (span.last_sample - span.first_sample) / 24
                 << " ms");
        CHECK(least < limit);
      }
    }
  }
}

TEST_CASE("F and V bring the lower lip to the teeth") {
  std::mt19937 random{3};
  for (int round = 0; round < 40; ++round) {
    const auto spans = sentence(random, 25);
    const auto frames = animate(spans);
    for (const auto& span : spans) {
      if (viseme_of(span.ipa).first != viseme::FF) continue;
      const auto [first, last] = frames_over(span.first_sample, span.last_sample, 30);
      float rolled = 0;
      float jaw = 1;
      for (auto i = first; i < last; ++i) {
        const auto& frame = frames[static_cast<std::size_t>(i)];
        rolled = std::max(rolled, frame[blendshape::mouthRollLower]);
        jaw = std::min(jaw, frame[blendshape::jawOpen]);
      }
      CHECK(rolled > 0.5f);
      CHECK(jaw < 0.15f);
    }
  }
}

TEST_CASE("the jaw of an open vowel is widest within a frame of the vowel's middle") {
  for (const auto* vowel : {"æ", "ɑ", "ʌ"}) {
    for (const auto* before : {"b", "t", "k", "s", "w", "ɹ", "l", "h"}) {
      for (const auto* after : {"m", "d", "ŋ", "z", "v", "ʃ"}) {
        for (const std::int64_t length : {70, 110, 180}) {
          const auto spans =
              timeline({{"", 100}, {before, 80}, {vowel, length}, {after, 70}, {"", 150}});
          const auto frames = animate(spans);
          std::size_t apex = 0;
          for (std::size_t i = 0; i < frames.size(); ++i) {
            if (frames[i][blendshape::jawOpen] > frames[apex][blendshape::jawOpen]) apex = i;
          }
          const auto shown = (static_cast<double>(apex) + 0.5) / 30;
          const auto middle =
              static_cast<double>(spans[2].first_sample + spans[2].last_sample) / 2 / 24'000;
          INFO(before << vowel << after << " " << length);
          CHECK(std::abs(shown - middle) <= 1.0 / 30 + 1e-9);
        }
      }
    }
  }
}

TEST_CASE("an open vowel opens the mouth visibly and a rounded one rounds it") {
  CHECK(widest(animate(timeline({{"", 80}, {"ɑ", 150}, {"", 100}}))) > 6);
  CHECK(widest(animate(timeline({{"", 80}, {"ɑ", 150}, {"", 100}}))) < 20);
  float round = 0;
  for (const auto& frame : animate(timeline({{"", 80}, {"u", 150}, {"", 100}}))) {
    round = std::max(round, frame[blendshape::mouthPucker]);
  }
  CHECK(round > 0.4f);
}

TEST_CASE("the mouth begins and ends at rest") {
  std::mt19937 random{11};
  for (int round = 0; round < 30; ++round) {
    const auto frames = animate(sentence(random, 20));
    for (std::size_t shape = 0; shape < blendshape_count; ++shape) {
      if (!is_mouth(shape)) continue;
      INFO(blendshape_names[shape]);
      CHECK(frames.front().weights[shape] < 0.15f);
      CHECK(frames.back().weights[shape] < 0.005f);
    }
  }
}

TEST_CASE("weights stay in range and no frame jumps") {
  std::mt19937 random{7};
  for (int round = 0; round < 40; ++round) {
    const auto frames = animate(sentence(random, 30));
    for (std::size_t i = 0; i < frames.size(); ++i) {
      for (std::size_t shape = 0; shape < blendshape_count; ++shape) {
        const auto weight = frames[i].weights[shape];
        REQUIRE(weight >= 0);
        REQUIRE(weight <= 1);
        if (i == 0 || !is_mouth(shape)) continue;
        INFO(blendshape_names[shape] << " at frame " << i);
        CHECK(std::abs(weight - frames[i - 1].weights[shape]) < 0.55f);
      }
    }
  }
}

TEST_CASE("an hour of clauses of any length has exactly its frames at any frame rate") {
  for (const int fps : {10, 24, 29, 30, 60, 120}) {
    std::mt19937 random{static_cast<std::mt19937::result_type>(fps)};
    face_animator animator{{fps, 1.0, 1}};
    animator.begin_turn();
    std::int64_t sample = 0;
    std::int64_t frame = 0;
    while (sample < 3'600LL * 24'000) {
      const auto spans = timeline({{"", 40}, {"m", 70}, {"ɑ", 100}, {"", 30}});
      const auto count = ms(240) + static_cast<std::int64_t>(random() % 200'000);
      const auto made = animator.append(sample, count, spans);
      REQUIRE(made.first_frame == frame);
      frame += static_cast<std::int64_t>(made.frames.size());
      sample += count;
      REQUIRE(frame * 24'000 / fps <= sample);
      REQUIRE((frame + 1) * 24'000 / fps > sample);
    }
    const auto rest = animator.finish();
    CHECK(rest.first_frame == frame);
    CHECK(rest.frames.size() >= static_cast<std::size_t>(fps) / 4);
  }
}

TEST_CASE("a clause boundary does not make the mouth jump") {
  face_animator animator{{30, 1.0, 1}};
  animator.begin_turn();
  const auto first = timeline({{"", 40}, {"t", 60}, {"ɑ", 150}});
  const auto second = timeline({{"ɑ", 150}, {"t", 60}, {"", 40}});
  auto frames = animator.append(0, first.back().last_sample, first).frames;
  const auto more =
      animator.append(first.back().last_sample, second.back().last_sample, second).frames;
  frames.insert(frames.end(), more.begin(), more.end());
  for (std::size_t i = 1; i < frames.size(); ++i) {
    CHECK(std::abs(frames[i][blendshape::jawOpen] - frames[i - 1][blendshape::jawOpen]) < 0.2f);
  }
}

TEST_CASE("the same seed gives the same face and another seed another one") {
  const auto idle = [](std::uint64_t seed) {
    face_animator animator{{30, 1.0, seed}};
    return animator.idle(300).frames;
  };
  CHECK(idle(1) == idle(1));
  CHECK(idle(1) != idle(2));
}

TEST_CASE("a resting face blinks every few seconds and its mouth is still") {
  face_animator animator{{30, 1.0, 42}};
  int blinks = 0;
  bool shut = false;
  std::int64_t expected = 0;
  for (int second = 0; second < 120; ++second) {
    const auto made = animator.idle(30);
    CHECK(made.first_frame == expected);
    expected += 30;
    for (const auto& frame : made.frames) {
      const bool now = frame[blendshape::eyeBlinkLeft] > 0.8f;
      if (now && !shut) ++blinks;
      shut = now;
      CHECK(frame[blendshape::jawOpen] == 0);
      CHECK(std::abs(frame.head.yaw) < 0.12f);
      CHECK(std::abs(frame.head.pitch) < 0.12f);
    }
  }
  CHECK(blinks >= 15);
  CHECK(blinks <= 80);
}

TEST_CASE("viseme onsets are in order, name each change once and end with silence") {
  face_animator animator{{30, 1.0, 1}};
  animator.begin_turn();
  const auto spans = timeline({{"", 40}, {"m", 60}, {"m", 60}, {"ɑ", 100}});
  auto marks = animator.append(0, spans.back().last_sample, spans).visemes;
  const auto rest = animator.finish().visemes;
  marks.insert(marks.end(), rest.begin(), rest.end());
  CHECK(marks == std::vector<viseme_mark>{{0, 0}, {ms(40), 21}, {ms(160), 2}, {ms(260), 0}});
}

TEST_CASE("a new turn begins at frame 0 and carries nothing of the interrupted one") {
  face_animator animator{{30, 1.0, 1}};
  animator.begin_turn();
  const auto spans = timeline({{"", 40}, {"ɑ", 400}});
  (void)animator.append(0, spans.back().last_sample, spans);
  animator.begin_turn();
  const auto silence = timeline({{"", 400}});
  const auto made = animator.append(0, silence.back().last_sample, silence);
  CHECK(made.first_frame == 0);
  for (const auto& frame : made.frames) CHECK(frame[blendshape::jawOpen] < 0.001f);
}
