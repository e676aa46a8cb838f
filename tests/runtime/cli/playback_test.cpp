#include "runtime/cli/playback.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using cli::playback;

namespace {

constexpr int fps = 30;
constexpr std::int64_t frame_samples = 800;

media_chunk chunk(std::int64_t first_frame, std::size_t frames, std::int16_t value,
                  bool sounds = true) {
  media_chunk made;
  made.first_frame = first_frame;
  made.first_sample = first_frame * frame_samples;
  made.frames = shared_bytes::of(std::span<const face_frame>{std::vector<face_frame>(frames)});
  if (sounds) {
    const std::vector<std::int16_t> samples(frames * frame_samples, value);
    made.pcm = shared_bytes::of(std::span<const std::int16_t>{samples});
  }
  return made;
}

std::vector<std::int64_t> places(const playback& heard) {
  std::vector<std::int64_t> found;
  for (const auto& shown : heard.frames()) found.push_back(shown.place);
  return found;
}

}  // namespace

TEST_CASE("what comes early waits for what still sounds, frames and all") {
  playback heard{fps};
  heard.play(chunk(0, 3, 1), 10'000);
  heard.play(chunk(3, 2, 2), 10'100);
  CHECK(heard.end() == 10'000 + 5 * frame_samples);
  CHECK(heard.samples()[9'999] == 0);
  CHECK(heard.samples()[10'000] == 1);
  CHECK(heard.samples()[10'000 + 3 * frame_samples] == 2);
  CHECK(places(heard) == std::vector<std::int64_t>{10'000, 10'800, 11'600, 12'400, 13'200});
}

TEST_CASE("what comes late leaves a gap and shifts the frames that belong to it") {
  playback heard{fps};
  heard.play(chunk(0, 1, 1), 0);
  heard.play(chunk(1, 1, 2), 5'000);
  CHECK(heard.samples()[800] == 0);
  CHECK(heard.samples()[4'999] == 0);
  CHECK(heard.samples()[5'000] == 2);
  CHECK(places(heard) == std::vector<std::int64_t>{0, 5'000});
}

TEST_CASE("frames after the sound go on where it ends") {
  playback heard{fps};
  heard.play(chunk(0, 2, 1), 100);
  heard.play(chunk(2, 2, 0, false), 200);
  CHECK(heard.end() == 100 + 2 * frame_samples);
  CHECK(places(heard) == std::vector<std::int64_t>{100, 900, 1'700, 2'500});
}

TEST_CASE("a stop takes back what was to sound after it, and nothing that was heard") {
  playback heard{fps};
  heard.play(chunk(0, 3, 1), 0);
  heard.stop(1'000);
  CHECK(heard.end() == 1'000);
  CHECK(places(heard) == std::vector<std::int64_t>{0, 800});
  heard.play(chunk(0, 1, 2), 1'500);
  CHECK(heard.samples()[999] == 1);
  CHECK(heard.samples()[1'000] == 0);
  CHECK(heard.samples()[1'500] == 2);
  heard.stop(90'000);
  CHECK(heard.end() == 2'300);
}
