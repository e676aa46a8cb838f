// Lips, expression and life on one face: speech stays readable whatever is felt.

#include <catch2/catch.hpp>
#include <cmath>

#include "actors/avatar/face_animator.hpp"
#include "tests/actors/avatar/timelines.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

feelings fully(feeling one) {
  feelings felt;
  felt[one] = 1;
  return felt;
}

// Each feeling at full strength, and all at once.
std::vector<feelings> strong_feelings() {
  std::vector<feelings> all;
  feelings everything;
  for (std::size_t i = 0; i < feeling_count; ++i) {
    all.push_back(fully(static_cast<feeling>(i)));
    everything.weights[i] = 1;
  }
  all.push_back(everything);
  return all;
}

std::string name_of(const feelings& felt) {
  std::string name;
  for (std::size_t i = 0; i < feeling_count; ++i) {
    if (felt.weights[i] > 0) name += std::string{feeling_names[i]} + ' ';
  }
  return name;
}

std::vector<face_frame> felt_frames(const std::vector<phoneme_span>& spans, const feelings& felt,
                                    face_config config = {}) {
  face_animator animator{config};
  animator.begin_turn();
  std::vector<face_frame> frames;
  append(frames, animator.append(0, spans.back().last_sample, spans, felt));
  append(frames, animator.finish());
  return frames;
}

bool is_corner(std::size_t shape) {
  const auto name = blendshape_names[shape];
  return name.starts_with("mouthSmile") || name.starts_with("mouthFrown");
}

bool is_inside(const phoneme_span& span, std::size_t frame, int fps) {
  const auto moment = shown_at(frame, fps);
  return moment >= double(span.first_sample) && moment < double(span.last_sample);
}

}  // namespace

TEST_CASE("P, B and M close the lips in every feeling at full strength") {
  for (const auto& felt : strong_feelings()) {
    for (const int fps : {10, 30, 60}) {
      std::mt19937 random{static_cast<std::mt19937::result_type>(fps)};
      for (int round = 0; round < 20; ++round) {
        const auto spans = sentence(random, 25);
        const auto frames = felt_frames(spans, felt, {fps, 1.0, 5});
        const auto limit = 0.1 * widest(frames_of({spans}, {fps, 1.0, 5}));
        for (const auto& span : spans) {
          if (viseme_of(span.ipa).first != viseme::PP) continue;
          const auto [first, last] = frames_over(span, fps);
          double least = 1e9;
          INFO(name_of(felt) << fps << " fps, " << span.ipa << " at " << span.first_sample);
          for (auto i = first; i < last; ++i) {
            const auto apart = lip_aperture_mm(frames[i]);
            least = std::min(least, apart);
            if (is_inside(span, i, fps)) CHECK(apart < limit);
          }
          CHECK(least < limit);
        }
      }
    }
  }
}

TEST_CASE("inside a contact the mouth is to the last digit as without a feeling, corners apart") {
  for (const auto& felt : strong_feelings()) {
    std::mt19937 random{17};
    for (int round = 0; round < 20; ++round) {
      const auto spans = sentence(random, 25);
      const auto neutral = frames_of({spans});
      const auto frames = felt_frames(spans, felt);
      for (const auto& span : spans) {
        const auto v = viseme_of(span.ipa).first;
        if (v != viseme::PP && v != viseme::FF) continue;
        const auto [first, last] = frames_over(span, 30);
        for (auto i = first; i < last; ++i) {
          if (!is_inside(span, i, 30)) continue;
          for (std::size_t shape = 0; shape < blendshape_count; ++shape) {
            if (!is_mouth(shape) || is_corner(shape)) continue;
            INFO(name_of(felt) << blendshape_names[shape] << " in " << span.ipa);
            CHECK(frames[i].weights[shape] == neutral[i].weights[shape]);
          }
        }
      }
    }
  }
}

TEST_CASE("F and V bring the lower lip to the teeth in every feeling") {
  for (const auto& felt : strong_feelings()) {
    std::mt19937 random{3};
    for (int round = 0; round < 30; ++round) {
      const auto spans = sentence(random, 25);
      const auto frames = felt_frames(spans, felt);
      for (const auto& span : spans) {
        if (viseme_of(span.ipa).first != viseme::FF) continue;
        const auto [first, last] = frames_over(span, 30);
        float rolled = 0;
        float jaw = 1;
        for (auto i = first; i < last; ++i) {
          rolled = std::max(rolled, frames[i][blendshape::mouthRollLower]);
          jaw = std::min(jaw, frames[i][blendshape::jawOpen]);
        }
        INFO(name_of(felt));
        CHECK(rolled > 0.5f);
        CHECK(jaw < 0.15f);
      }
    }
  }
}

TEST_CASE("the jaw of an open vowel is widest at its middle in every feeling") {
  for (const auto& felt : strong_feelings()) {
    for (const auto* vowel : {"æ", "ɑ", "aɪ"}) {
      for (const auto* before : {"b", "f", "t", "w", "h"}) {
        const auto spans = timeline({{"", 100}, {before, 80}, {vowel, 110}, {"m", 70}, {"", 150}});
        const auto frames = felt_frames(spans, felt);
        const auto [first, last] = frames_over(spans[2], 30);
        auto apex = first;
        for (auto i = first; i < last; ++i) {
          if (frames[i][blendshape::jawOpen] > frames[apex][blendshape::jawOpen]) apex = i;
        }
        const auto middle = double(spans[2].first_sample + spans[2].last_sample) / 2;
        INFO(name_of(felt) << before << vowel);
        CHECK(std::abs(shown_at(apex, 30) - middle) <= 800);
      }
    }
  }
}

TEST_CASE("an open vowel stays nearly as wide, and a rounded one round, in every feeling") {
  const auto open = timeline({{"", 80}, {"t", 60}, {"ɑ", 150}, {"t", 60}, {"", 100}});
  const auto round = timeline({{"", 80}, {"u", 150}, {"", 100}});
  for (const auto& felt : strong_feelings()) {
    INFO(name_of(felt));
    const auto [first, last] = frames_over(open[2], 30);
    const auto frames = felt_frames(open, felt);
    double most = 0;
    for (auto i = first; i < last; ++i) most = std::max(most, lip_aperture_mm(frames[i]));
    CHECK(most > 0.85 * widest(frames_of({open})));
    float pucker = 0;
    for (const auto& frame : felt_frames(round, felt)) {
      pucker = std::max(pucker, frame[blendshape::mouthPucker]);
    }
    CHECK(pucker > 0.4f);
  }
}

TEST_CASE("brows and cheeks follow the feeling of a sentence from its first sample on") {
  face_animator animator{{}};
  animator.begin_turn();
  std::vector<face_frame> frames;
  const auto spans = timeline({{"", 40}, {"t", 100}, {"i", 800}, {"", 60}});
  append(frames, animator.append(0, ms(1'000), spans));
  append(frames, animator.append(ms(1'000), ms(1'000), spans, fully(feeling::joy)));
  append(frames, animator.append(ms(2'000), ms(1'000), spans, fully(feeling::surprise)));
  append(frames, animator.finish());
  const auto cheeks = [&](std::size_t frame) { return frames[frame][blendshape::cheekSquintLeft]; };
  const auto& joy = shipped_expressions().of(feeling::joy);
  const auto full = joy.pose[static_cast<std::size_t>(blendshape::cheekSquintLeft)];
  for (std::size_t i = 0; i < 30; ++i) CHECK(cheeks(i) == 0);
  CHECK(cheeks(38) > 0.1f * full);
  CHECK(cheeks(59) > 0.9f * full);
  CHECK(frames[59][blendshape::eyeWideLeft] == 0);
  CHECK(frames[74][blendshape::browOuterUpLeft] > 0.5f);
}

TEST_CASE("while speaking a smile is held back, in a long pause it has the mouth") {
  const auto spans = timeline({{"", 40}, {"t", 60}, {"i", 900}, {"", 900}, {"t", 60}, {"i", 200}});
  const auto frames = felt_frames(spans, fully(feeling::joy));
  CHECK(frames[25][blendshape::mouthSmileLeft] > 0.2f);
  CHECK(frames[25][blendshape::mouthSmileLeft] <= 0.35f);
  CHECK(frames[43][blendshape::mouthSmileLeft] > 0.45f);
}

TEST_CASE("a turn ends at rest whatever was felt, within a second and a half") {
  const auto spans = timeline({{"", 40}, {"t", 60}, {"ɑ", 700}, {"", 60}});
  for (const auto& felt : strong_feelings()) {
    for (const int fps : {20, 30, 60}) {
      const auto frames = felt_frames(spans, felt, {fps, 1.0, 1});
      INFO(name_of(felt));
      CHECK(frames.size() < (0.86 + 1.5) * fps);
      for (std::size_t shape = 0; shape < blendshape_count; ++shape) {
        const auto name = blendshape_names[shape];
        // Blinks, gaze and the brows' small motion are life's.
        if (name.starts_with("eyeBlink") || name.starts_with("eyeLook")) continue;
        if (name == "browInnerUp" || name.starts_with("browOuterUp")) continue;
        INFO(name);
        CHECK(frames.back().weights[shape] == 0);
      }
    }
  }
}

TEST_CASE("weights stay in range and no frame jumps, whatever is felt from clause to clause") {
  std::mt19937 random{7};
  for (int round = 0; round < 40; ++round) {
    face_animator animator{{}};
    std::vector<face_frame> frames;
    for (int turn = 0; turn < 3; ++turn) {
      animator.begin_turn();
      std::int64_t sample = 0;
      for (int clause = 0; clause < 3; ++clause) {
        feelings felt;
        for (auto& weight : felt.weights) weight = float(random() % 100) / 99;
        const auto spans = sentence(random, 12);
        append(frames, animator.append(sample, spans.back().last_sample, spans, felt));
        sample += spans.back().last_sample;
      }
      if (turn == 1) continue;  // interrupted
      append(frames, animator.finish());
      append(frames, animator.idle(20, fully(feeling::joy)));
    }
    for (std::size_t i = 1; i < frames.size(); ++i) {
      for (std::size_t shape = 0; shape < blendshape_count; ++shape) {
        const auto weight = frames[i].weights[shape];
        REQUIRE(weight >= 0);
        REQUIRE(weight <= 1);
        const auto name = blendshape_names[shape];
        if (!name.starts_with("brow") && !name.starts_with("cheek") && !is_corner(shape)) continue;
        INFO(name << " at frame " << i);
        CHECK(std::abs(weight - frames[i - 1].weights[shape]) < 0.25f);
      }
      CHECK(std::abs(frames[i].head.roll - frames[i - 1].head.roll) < 0.015f);
    }
  }
}

TEST_CASE("at rest the face comes to its mood unnoticed, stays in it, and turns end in it") {
  face_animator animator{{}};
  feelings mood;
  mood[feeling::joy] = 0.5f;
  const auto smile_of = [](const face_frame& frame) { return frame[blendshape::mouthSmileLeft]; };
  const auto coming = animator.idle(60, mood).frames;
  for (std::size_t i = 1; i < coming.size(); ++i) {
    CHECK(std::abs(smile_of(coming[i]) - smile_of(coming[i - 1])) < 0.03f);
  }
  const auto& joy = shipped_expressions().of(feeling::joy);
  const auto half = 0.5f * joy.pose[static_cast<std::size_t>(blendshape::mouthSmileLeft)];
  CHECK(smile_of(coming.back()) == Approx(half));
  CHECK(smile_of(animator.idle(300, mood).frames.back()) == Approx(half));
  animator.begin_turn();
  const auto spans = timeline({{"", 40}, {"t", 60}, {"ɑ", 300}, {"", 60}});
  (void)animator.append(0, spans.back().last_sample, spans, fully(feeling::concern));
  CHECK(smile_of(animator.finish().frames.back()) == Approx(half));
  CHECK(smile_of(animator.idle(60, {}).frames.back()) == 0);
}

TEST_CASE("a face that was interrupted comes to rest while nobody speaks") {
  face_animator animator{{}};
  animator.begin_turn();
  const auto spans = timeline({{"", 40}, {"t", 60}, {"ɑ", 900}, {"", 60}});
  (void)animator.append(0, spans.back().last_sample, spans, fully(feeling::joy));
  const auto frames = animator.idle(60).frames;
  CHECK(frames.front()[blendshape::cheekSquintLeft] > 0.2f);
  CHECK(frames.back()[blendshape::cheekSquintLeft] == 0);
}

TEST_CASE("an hour of feelings does not lag behind the sound") {
  face_animator animator{{}};
  animator.begin_turn();
  const auto spans = timeline({{"", 40}, {"t", 100}, {"i", 1'800}, {"", 60}});
  std::vector<float> first;
  for (std::int64_t clause = 0; clause < 1'800; ++clause) {
    const auto felt = clause % 2 == 0 ? fully(feeling::surprise) : feelings{};
    const auto made = animator.append(clause * ms(2'000), ms(2'000), spans, felt);
    if (clause % 2 == 1) continue;
    REQUIRE(made.frames.size() == 60);
    std::vector<float> wide;
    for (const auto& frame : made.frames) {
      // In a blink the eyes are not wide.
      wide.push_back(frame[blendshape::eyeBlinkLeft] > 0 ? -1 : frame[blendshape::eyeWideLeft]);
    }
    if (clause == 2) first = wide;
    if (clause < 2) continue;
    for (std::size_t i = 0; i < wide.size(); ++i) {
      if (wide[i] >= 0 && first[i] >= 0) REQUIRE(wide[i] == Approx(first[i]).margin(1e-4));
    }
  }
}
