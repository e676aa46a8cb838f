#include "actors/avatar/lips.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/actors/avatar/timelines.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

std::size_t jaw_apex(const std::vector<face_frame>& frames) {
  const auto most = std::max_element(frames.begin(), frames.end(), [](auto& a, auto& b) {
    return a[blendshape::jawOpen] < b[blendshape::jawOpen];
  });
  return static_cast<std::size_t>(most - frames.begin());
}

float most(const std::vector<face_frame>& frames, blendshape shape) {
  float found = 0;
  for (const auto& frame : frames) found = std::max(found, frame[shape]);
  return found;
}

}  // namespace

TEST_CASE("P, B and M close the lips in every context, at any length and frame rate") {
  for (const int fps : {10, 24, 30, 60, 120}) {
    std::mt19937 random{static_cast<std::mt19937::result_type>(fps)};
    for (int round = 0; round < 40; ++round) {
      const auto spans = sentence(random, 25);
      const auto frames = frames_of({spans}, {fps, 1.0, 5});
      const auto limit = 0.1 * widest(frames);
      for (const auto& span : spans) {
        if (viseme_of(span.ipa).first != viseme::PP) continue;
        const auto [first, last] = frames_over(span, fps);
        double least = 1e9;
        INFO(fps << " fps, " << span.ipa << " at " << span.first_sample << " of "
                 << (span.last_sample - span.first_sample) / 24 << " ms");
        for (auto i = first; i < last; ++i) {
          const auto apart = lip_aperture_mm(frames[i]);
          least = std::min(least, apart);
          const auto moment = shown_at(i, fps);
          const bool inside =
              moment >= double(span.first_sample) && moment < double(span.last_sample);
          if (inside) CHECK(apart < limit);
        }
        CHECK(least < limit);
      }
    }
  }
}

TEST_CASE("a closure shorter than a frame is seen wherever it falls between the frames") {
  for (const int fps : {10, 24, 30}) {
    for (std::int64_t offset = 0; offset < 1'000 / fps; offset += 2) {
      const auto spans = timeline({{"", 40 + offset}, {"ɑ", 140}, {"p", 24}, {"ɑ", 140}, {"", 80}});
      const auto frames = frames_of({spans}, {fps, 1.0, 1});
      const auto [first, last] = frames_over(spans[2], fps);
      double least = 1e9;
      for (auto i = first; i < last; ++i) least = std::min(least, lip_aperture_mm(frames[i]));
      INFO(fps << " fps, offset " << offset);
      CHECK(least < 0.1 * widest(frames));
    }
  }
}

TEST_CASE("a clause that begins with P closes at once although the one before ended open") {
  for (const auto* sound : {"p", "b", "m"}) {
    for (const std::int64_t offset : {0, 7, 14, 21, 28}) {
      const auto before = timeline({{"", 40 + offset}, {"t", 60}, {"ɑ", 150}});
      const auto after = timeline({{sound, 35}, {"æ", 120}, {"", 80}});
      const auto frames = frames_of({before, after});
      auto span = after.front();
      span.first_sample += before.back().last_sample;
      span.last_sample += before.back().last_sample;
      const auto [first, last] = frames_over(span, 30);
      double least = 1e9;
      for (auto i = first; i < last; ++i) least = std::min(least, lip_aperture_mm(frames[i]));
      INFO(sound << " after " << offset);
      CHECK(least < 0.1 * widest(frames));
    }
  }
}

TEST_CASE("F and V bring the lower lip to the teeth") {
  std::mt19937 random{3};
  for (int round = 0; round < 60; ++round) {
    const auto spans = sentence(random, 25);
    const auto frames = frames_of({spans});
    for (const auto& span : spans) {
      if (viseme_of(span.ipa).first != viseme::FF) continue;
      const auto [first, last] = frames_over(span, 30);
      float rolled = 0;
      float jaw = 1;
      for (auto i = first; i < last; ++i) {
        rolled = std::max(rolled, frames[i][blendshape::mouthRollLower]);
        jaw = std::min(jaw, frames[i][blendshape::jawOpen]);
      }
      CHECK(rolled > 0.5f);
      CHECK(jaw < 0.15f);
    }
  }
}

TEST_CASE("the jaw of an open vowel is widest within a frame of the vowel's middle") {
  for (const auto* vowel : {"æ", "ɑ", "ʌ", "ɔ", "aɪ", "aʊ"}) {
    for (const auto* before : {"b", "f", "t", "k", "s", "w", "ɹ", "l", "h", "u", ""}) {
      for (const auto* after : {"m", "v", "d", "ŋ", "z", "ʃ", "i", ""}) {
        for (const std::int64_t length : {70, 110, 180}) {
          const auto spans =
              timeline({{"", 100}, {before, 80}, {vowel, length}, {after, 70}, {"", 150}});
          const auto apex = jaw_apex(frames_of({spans}));
          const auto middle = double(spans[2].first_sample + spans[2].last_sample) / 2;
          INFO(before << vowel << after << " " << length);
          CHECK(std::abs(shown_at(apex, 30) - middle) <= 800);
        }
      }
    }
  }
}

TEST_CASE("an open vowel opens the mouth visibly and a rounded one rounds it") {
  const auto open = frames_of({timeline({{"", 80}, {"ɑ", 150}, {"", 100}})});
  CHECK(widest(open) > 6);
  CHECK(widest(open) < 20);
  CHECK(most(open, blendshape::mouthPucker) < 0.02f);
  const auto round = frames_of({timeline({{"", 80}, {"u", 150}, {"", 100}})});
  CHECK(most(round, blendshape::mouthPucker) > 0.4f);
  CHECK(widest(round) < widest(open));
}

TEST_CASE(
    "a stressed vowel opens more than an unstressed one and a long one more than a short one") {
  const auto opening = [](std::int64_t length, bool stressed) {
    auto spans = timeline({{"", 80}, {"t", 60}, {"æ", length}, {"t", 60}, {"", 100}});
    spans[2].stressed = stressed;
    return most(frames_of({spans}), blendshape::jawOpen);
  };
  CHECK(opening(120, true) > opening(120, false) * 1.1f);
  CHECK(opening(120, true) > opening(45, true) * 1.2f);
}

TEST_CASE("lip strength scales the jaw but not closure and contact") {
  const auto spans = timeline({{"", 80}, {"ɑ", 150}, {"f", 90}, {"ɑ", 150}, {"", 100}});
  const auto weak = frames_of({spans}, {30, 0.5, 1});
  const auto full = frames_of({spans}, {30, 1.0, 1});
  CHECK(most(weak, blendshape::jawOpen) == Approx(most(full, blendshape::jawOpen) / 2));
  CHECK(most(weak, blendshape::mouthRollLower) == most(full, blendshape::mouthRollLower));
}

TEST_CASE("the mouth is at rest in a pause") {
  const auto frames =
      frames_of({timeline({{"", 40}, {"ɑ", 150}, {"t", 60}, {"", 600}, {"t", 60}, {"ɑ", 100}})});
  for (std::size_t i = 14; i <= 17; ++i) {  // 450 to 600 ms: the pause lasts from 250 to 850
    INFO(i);
    CHECK(lip_aperture_mm(frames[i]) == 0);
    CHECK(frames[i][blendshape::jawOpen] < 0.01f);
  }
}

TEST_CASE("weights stay in range and no frame jumps") {
  std::mt19937 random{7};
  for (int round = 0; round < 60; ++round) {
    const auto frames = frames_of({sentence(random, 30), sentence(random, 30)});
    face_frame before;  // at rest
    for (std::size_t i = 0; i < frames.size(); ++i) {
      for (std::size_t shape = 0; shape < blendshape_count; ++shape) {
        const auto weight = frames[i].weights[shape];
        REQUIRE(weight >= 0);
        REQUIRE(weight <= 1);
        if (!is_mouth(shape)) continue;
        // The contact of F is the fastest; jaw and lips take two frames or more.
        const bool contact = shape == static_cast<std::size_t>(blendshape::mouthRollLower);
        INFO(blendshape_names[shape] << " at frame " << i);
        CHECK(std::abs(weight - before.weights[shape]) < (contact ? 0.55f : 0.35f));
      }
      before = frames[i];
    }
  }
}

TEST_CASE("a sentence cut in two at a pause moves the mouth as the whole one does") {
  std::mt19937 random{23};
  for (int round = 0; round < 30; ++round) {
    const auto first = sentence(random, 12);
    const auto second = sentence(random, 12);
    auto whole = first;
    whole.back().last_sample += ms(260);
    auto cut = whole;
    for (auto span : second) {
      span.first_sample += cut.back().last_sample;
      span.last_sample += cut.back().last_sample;
      whole.push_back(span);
    }
    const auto together = frames_of({whole});
    const auto apart = frames_of({cut, second});
    REQUIRE(together.size() == apart.size());
    for (std::size_t i = 0; i < apart.size(); ++i) {
      INFO("frame " << i);
      CHECK(std::abs(together[i][blendshape::jawOpen] - apart[i][blendshape::jawOpen]) < 0.03f);
    }
  }
}
