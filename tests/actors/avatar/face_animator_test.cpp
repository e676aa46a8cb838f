#include "actors/avatar/face_animator.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/actors/avatar/timelines.hpp"

using namespace dhr;
using namespace dhr::testing;

TEST_CASE("the mouth begins and ends at rest") {
  std::mt19937 random{11};
  for (int round = 0; round < 60; ++round) {
    const auto frames = frames_of({sentence(random, 20)});
    for (std::size_t shape = 0; shape < blendshape_count; ++shape) {
      if (!is_mouth(shape)) continue;
      INFO(blendshape_names[shape]);
      // A sentence that begins with F after 40 ms has to hurry.
      CHECK(frames.front().weights[shape] < 0.3f);
      CHECK(frames.back().weights[shape] == 0);
    }
  }
}

TEST_CASE("the return to rest takes 8 to 12 frames past the sound") {
  for (const std::int64_t length : {301, 333, 350, 399}) {
    const auto spans = timeline({{"", 40}, {"ɑ", length}});
    const auto sound = (spans.back().last_sample * 30 + 23'999) / 24'000;
    const auto past = static_cast<std::int64_t>(frames_of({spans}).size()) - sound;
    CHECK(past >= 8);
    CHECK(past <= 12);
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

TEST_CASE("a clause boundary does not make the mouth jump, whatever the next clause begins with") {
  for (const auto* sound : {"ɑ", "i", "u", "s", "h", ""}) {
    const auto first = timeline({{"", 40}, {"t", 60}, {"ɑ", 150}});
    const auto second = timeline({{sound, 150}, {"t", 60}, {"", 40}});
    const auto frames = frames_of({first, second});
    for (std::size_t i = 6; i < 12; ++i) {  // the boundary is at frame 7.5
      INFO(sound << " at frame " << i);
      CHECK(std::abs(frames[i][blendshape::jawOpen] - frames[i - 1][blendshape::jawOpen]) < 0.12f);
      CHECK(std::abs(frames[i][blendshape::mouthPucker] - frames[i - 1][blendshape::mouthPucker]) <
            0.27f);
    }
  }
}

TEST_CASE("the same seed gives the same frames, speaking or not") {
  const auto all = [](std::uint64_t seed) {
    std::mt19937 random{4};
    face_animator animator{{30, 1.0, seed}};
    auto frames = animator.idle(300).frames;
    animator.begin_turn();
    const auto spans = sentence(random, 20);
    append(frames, animator.append(0, spans.back().last_sample, spans));
    append(frames, animator.finish());
    append(frames, animator.idle(100));
    return frames;
  };
  CHECK(all(1) == all(1));
  CHECK(all(1) != all(2));
}

TEST_CASE("life goes on from rest to speech and back without a jump of the head") {
  std::mt19937 random{8};
  face_animator animator{{30, 1.0, 6}};
  std::vector<face_frame> frames;
  for (int round = 0; round < 20; ++round) {
    append(frames, animator.idle(45));
    animator.begin_turn();
    const auto spans = sentence(random, 15);
    append(frames, animator.append(0, spans.back().last_sample, spans));
    append(frames, animator.finish());
  }
  for (std::size_t i = 1; i < frames.size(); ++i) {
    CHECK(std::abs(frames[i].head.yaw - frames[i - 1].head.yaw) < 0.01f);
    CHECK(std::abs(frames[i].head.pitch - frames[i - 1].head.pitch) < 0.01f);
  }
}

TEST_CASE("idle frames count on and leave the mouth still") {
  face_animator animator{{30, 1.0, 42}};
  CHECK(animator.idle(30).first_frame == 0);
  const auto made = animator.idle(90);
  CHECK(made.first_frame == 30);
  CHECK(made.frames.size() == 90);
  for (const auto& frame : made.frames) {
    for (std::size_t shape = 0; shape < blendshape_count; ++shape) {
      if (is_mouth(shape)) CHECK(frame.weights[shape] == 0);
    }
  }
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
