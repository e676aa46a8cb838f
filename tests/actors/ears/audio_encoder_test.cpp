#include "actors/ears/audio_encoder.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <string>
#include <vector>

#include "actors/ears/audio_decoder.hpp"

using namespace dhr;

namespace {

std::vector<std::int16_t> tone(double frequency, int rate, std::size_t count) {
  std::vector<std::int16_t> samples;
  for (std::size_t i = 0; i < count; ++i) {
    const double angle = 2 * std::numbers::pi * frequency * static_cast<double>(i) / rate;
    samples.push_back(static_cast<std::int16_t>(std::lround(16'384 * std::sin(angle))));
  }
  return samples;
}

std::unique_ptr<audio_encoder> encoder_of(const audio_format& format) {
  auto made = audio_encoder::make(format);
  REQUIRE(made);
  return std::move(made.value());
}

// A whole stream, cut into pieces of `piece` samples.
std::string encoded(audio_encoder& encoder, const std::vector<std::int16_t>& samples,
                    std::size_t piece) {
  std::string bytes;
  for (std::size_t at = 0; at < samples.size(); at += piece) {
    const auto part = std::span{samples}.subspan(at, std::min(piece, samples.size() - at));
    const auto made = encoder.encode(shared_bytes::of(part));
    REQUIRE(made);
    bytes += made.value().view();
  }
  const auto rest = encoder.flush();
  REQUIRE(rest);
  return bytes += rest.value().view();
}

const audio_format spoken_formats[] = {
    {audio_encoding::pcm16, 8'000},  {audio_encoding::pcm16, 16'000},
    {audio_encoding::pcm16, 24'000}, {audio_encoding::pcm16, 48'000},
    {audio_encoding::pcmu, 8'000},   {audio_encoding::pcma, 8'000}};

}  // namespace

TEST_CASE("a flushed response has the length of its sound in every format") {
  for (const auto& format : spoken_formats) {
    INFO("encoding " << int(format.encoding) << " at " << format.sample_rate);
    auto encoder = encoder_of(format);
    for (const std::size_t count : {24'000u, 7'201u, 480u}) {  // one after the other
      const auto bytes = encoded(*encoder, tone(440, 24'000, count), 480);
      const auto size = format.encoding == audio_encoding::pcm16 ? 2u : 1u;
      const auto expected = static_cast<double>(count) * format.sample_rate / 24'000;
      CHECK(static_cast<double>(bytes.size() / size) == Approx(expected).margin(1));
    }
  }
}

TEST_CASE("what is spoken in a format is heard as it was meant") {
  for (const auto& format : spoken_formats) {
    INFO("encoding " << int(format.encoding) << " at " << format.sample_rate);
    auto encoder = encoder_of(format);
    const auto bytes = encoded(*encoder, tone(997, 24'000, 24'000), 777);
    std::vector<float> heard;
    auto decoder = audio_decoder::make(format);
    REQUIRE(decoder);
    REQUIRE(decoder.value()->decode(bytes, heard));
    const auto meant = tone(997, 16'000, 16'000);
    REQUIRE(heard.size() > 15'700);
    double worst = 0;
    for (std::size_t i = 320; i < std::min<std::size_t>(heard.size(), 15'600); ++i)
      worst = std::max(worst, std::abs(heard[i] - meant[i] / 32'768.0));
    CHECK(worst < (format.encoding == audio_encoding::pcm16 ? 0.001 : 0.02));
  }
}

TEST_CASE("how a response is cut does not change what is sent") {
  const auto sound = tone(440, 24'000, 24'000);
  for (const auto& format : spoken_formats) {
    INFO("encoding " << int(format.encoding) << " at " << format.sample_rate);
    auto encoder = encoder_of(format);
    const auto whole = encoded(*encoder, sound, sound.size());
    CHECK(encoded(*encoder, sound, 1) == whole);
    CHECK(encoded(*encoder, sound, 1'000) == whole);
  }
}

TEST_CASE("24 kHz PCM goes out as it came in, without a copy") {
  auto encoder = encoder_of({audio_encoding::pcm16, 24'000});
  const auto sound = shared_bytes::of(std::span<const std::int16_t>{tone(440, 24'000, 480)});
  const auto made = encoder->encode(sound);
  REQUIRE(made);
  CHECK(made.value().view().data() == sound.view().data());
  CHECK(encoder->flush().value().empty());
}

TEST_CASE("an interrupted response leaves nothing in the next one") {
  const auto sound = tone(440, 24'000, 2'400);
  for (const auto& format : spoken_formats) {
    INFO("encoding " << int(format.encoding) << " at " << format.sample_rate);
    auto encoder = encoder_of(format);
    const auto clean = encoded(*encoder, sound, 480);
    REQUIRE(encoder->encode(
        shared_bytes::of(std::span<const std::int16_t>{tone(2'000, 24'000, 1'000)})));
    encoder->reset();
    CHECK(encoded(*encoder, sound, 480) == clean);
  }
}

TEST_CASE("nobody is spoken to in Opus or at an odd rate, and half a sample is refused") {
  CHECK(audio_encoder::make({audio_encoding::opus, 48'000}).error().code == errc::invalid_argument);
  CHECK(audio_encoder::make({audio_encoding::pcm16, 22'050}).error().code ==
        errc::invalid_argument);
  auto encoder = encoder_of({audio_encoding::pcm16, 8'000});
  CHECK(encoder->encode(shared_bytes{"abc"}).error().code == errc::invalid_argument);
}
