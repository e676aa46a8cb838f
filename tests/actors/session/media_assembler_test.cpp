#include "actors/session/media_assembler.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <random>

using namespace dhr;

namespace {

shared_bytes sound(std::int64_t samples, std::int16_t first = 0) {
  std::vector<std::int16_t> values(static_cast<std::size_t>(samples));
  std::iota(values.begin(), values.end(), first);
  return shared_bytes::of(std::span<const std::int16_t>{values});
}

shared_bytes faces(std::int64_t first, std::int64_t count) {
  std::vector<face_frame> frames(static_cast<std::size_t>(count));
  for (auto& frame : frames) frame.head.yaw = static_cast<float>(first++);
  return shared_bytes::of(std::span<const face_frame>{frames});
}

}  // namespace

TEST_CASE("a chunk's frames cover exactly its samples") {
  media_assembler media{{30, 6, true}};
  media.add_clause("Hello.", sound(24'000), {});
  media.add_frames(0, faces(0, 30), {});
  std::int64_t sample = 0;
  std::int64_t frame = 0;
  while (auto chunk = media.next()) {
    CHECK(chunk->media.first_sample == sample);
    CHECK(chunk->media.first_frame == frame);
    const auto samples = static_cast<std::int64_t>(chunk->media.pcm.size() / 2);
    const auto frames = chunk->media.frames.as<face_frame>();
    CHECK(samples == static_cast<std::int64_t>(frames.size()) * 800);
    CHECK(frames.front().head.yaw == static_cast<float>(frame));
    sample += samples;
    frame += static_cast<std::int64_t>(frames.size());
  }
  CHECK(sample == 24'000);
  CHECK(frame == 30);
}

TEST_CASE("sound waits for its frames") {
  media_assembler media{{30, 6, true}};
  media.add_clause("Hello.", sound(8'000), {});
  CHECK_FALSE(media.next());
  media.add_frames(0, faces(0, 2), {});
  const auto chunk = media.next();
  REQUIRE(chunk);
  CHECK(chunk->media.pcm.size() == 2u * 2 * 800);
  CHECK_FALSE(media.next());
}

TEST_CASE("a part of a frame waits for the next clause") {
  media_assembler media{{30, 6, false}};
  media.add_clause("One,", sound(1'000), {});
  REQUIRE(media.next()->media.pcm.size() == 800u * 2);
  CHECK_FALSE(media.next());
  media.add_clause(" two.", sound(600), {});
  const auto chunk = media.next();
  REQUIRE(chunk);
  CHECK(chunk->media.first_sample == 800);
  CHECK(chunk->media.pcm.size() == 800u * 2);
}

TEST_CASE("a clause's text goes out with the chunk in which its sound begins") {
  media_assembler media{{30, 1, false}};
  media.add_clause("One,", sound(2'400), {});
  media.add_clause(" two.", sound(2'400), {});
  std::vector<std::pair<std::int64_t, std::string>> seen;
  while (auto chunk = media.next()) {
    for (auto& text : chunk->texts) seen.emplace_back(chunk->media.first_sample, text);
  }
  CHECK(seen == std::vector<std::pair<std::int64_t, std::string>>{{0, "One,"}, {2'400, " two."}});
}

TEST_CASE("words are counted from the turn's first sample") {
  media_assembler media{{30, 6, false}};
  media.add_clause("a", sound(4'800), {{"a", 100, 4'000}});
  media.add_clause("b", sound(4'800), {{"b", 100, 4'000}});
  REQUIRE(media.next()->media.words == std::vector<word_span>{{"a", 100, 4'000}});
  REQUIRE(media.next()->media.words == std::vector<word_span>{{"b", 4'900, 8'800}});
}

TEST_CASE("after the close the rest of the sound and the frames past it go out") {
  media_assembler media{{30, 6, true}};
  media.add_clause("Hi", sound(1'000), {});
  media.add_frames(0, faces(0, 1), {});
  REQUIRE(media.next());
  media.close_sound();
  CHECK_FALSE(media.done());
  CHECK_FALSE(media.next());
  media.add_frames(1, faces(1, 9), {{900, 21}});
  media.close_frames();
  const auto rest = media.next();
  REQUIRE(rest);
  CHECK(rest->media.pcm.size() == 200u * 2);
  CHECK(rest->media.frames.as<face_frame>().size() == 9);
  CHECK(rest->media.visemes.size() == 1);
  CHECK(media.done());
  CHECK_FALSE(media.next());
}

TEST_CASE("a reply without sound still gives its text") {
  media_assembler media{{30, 6, false}};
  media.add_clause("...", {}, {});
  media.close_sound();
  const auto chunk = media.next();
  REQUIRE(chunk);
  CHECK(chunk->texts == std::vector<std::string>{"..."});
  CHECK(chunk->media.pcm.empty());
  CHECK(media.done());
}

TEST_CASE("no sample and no frame is lost or sent twice, whatever the clauses and the frame rate") {
  for (const int fps : {10, 24, 25, 29, 30, 60, 120}) {
    std::mt19937 random{static_cast<std::mt19937::result_type>(fps)};
    media_assembler media{{fps, 6, true}};
    std::int64_t samples_in = 0;
    std::int64_t frames_in = 0;
    std::string out;
    std::int64_t frames_out = 0;
    std::string in;
    const auto drain = [&] {
      while (auto chunk = media.next()) {
        REQUIRE(chunk->media.first_frame == frames_out);
        REQUIRE(chunk->media.first_sample == static_cast<std::int64_t>(out.size() / 2));
        out += chunk->media.pcm.view();
        frames_out += static_cast<std::int64_t>(chunk->media.frames.size() / sizeof(face_frame));
      }
    };
    for (int clause = 0; clause < 200; ++clause) {
      const auto samples = static_cast<std::int64_t>(random() % 5'000);
      const auto pcm = sound(samples, static_cast<std::int16_t>(random()));
      in += pcm.view();
      media.add_clause("x", pcm, {});
      samples_in += samples;
      std::int64_t certain = frames_in;
      while ((certain + 1) * speech_sample_rate / fps <= samples_in) ++certain;
      media.add_frames(frames_in, faces(frames_in, certain - frames_in), {});
      frames_in = certain;
      drain();
      CHECK(frames_out == frames_in);
    }
    media.close_sound();
    media.add_frames(frames_in, faces(frames_in, 10), {});
    media.close_frames();
    drain();
    CHECK(media.done());
    CHECK(out == in);
    CHECK(frames_out == frames_in + 10);
  }
}
