#include "actors/ears/audio_decoder.hpp"

#include <opus/opus.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <memory>
#include <numbers>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "actors/ears/g711.hpp"

using namespace dhr;

namespace {

double tone(double frequency, int rate, std::size_t i) {
  return std::sin(2 * std::numbers::pi * frequency * static_cast<double>(i) / rate);
}

// `count` samples of a tone at 0.5 in the bytes of the format.
std::string tone_bytes(const audio_format& format, double frequency, std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    const auto sample = static_cast<std::int16_t>(16'384 * tone(frequency, format.sample_rate, i));
    if (format.encoding == audio_encoding::pcm16) {
      bytes.push_back(static_cast<char>(sample & 0xFF));
      bytes.push_back(static_cast<char>(sample >> 8));
    } else {
      bytes.push_back(static_cast<char>(
          format.encoding == audio_encoding::pcmu ? encode_mu_law(sample) : encode_a_law(sample)));
    }
  }
  return bytes;
}

std::unique_ptr<audio_decoder> decoder_of(const audio_format& format) {
  auto made = audio_decoder::make(format);
  REQUIRE(made);
  return std::move(made.value());
}

// The largest difference from a 16 kHz tone at 0.5, after the first 20 ms.
double distance_from_tone(std::span<const float> heard, double frequency) {
  double worst = 0;
  for (std::size_t i = 320; i < heard.size(); ++i)
    worst = std::max(worst, std::abs(heard[i] - 0.5 * tone(frequency, 16'000, i)));
  return worst;
}

const audio_format linear_formats[] = {
    {audio_encoding::pcm16, 8'000},  {audio_encoding::pcm16, 16'000},
    {audio_encoding::pcm16, 24'000}, {audio_encoding::pcm16, 48'000},
    {audio_encoding::pcmu, 8'000},   {audio_encoding::pcma, 8'000}};

// Packets of 20 ms of a tone, as a browser would send them.
std::vector<std::string> opus_packets(double frequency, int channels, int count) {
  int problem = OPUS_OK;
  const std::unique_ptr<OpusEncoder, void (*)(OpusEncoder*)> encoder{
      opus_encoder_create(48'000, channels, OPUS_APPLICATION_VOIP, &problem), opus_encoder_destroy};
  REQUIRE(problem == OPUS_OK);
  std::vector<std::string> packets;
  for (int k = 0; k < count; ++k) {
    std::vector<float> frame;
    for (std::size_t i = 0; i < 960; ++i) {
      const auto at = static_cast<std::size_t>(k) * 960 + i;
      frame.insert(frame.end(), static_cast<std::size_t>(channels),
                   static_cast<float>(0.5 * tone(frequency, 48'000, at)));
    }
    std::array<unsigned char, 1'500> bytes{};
    const auto size = opus_encode_float(encoder.get(), frame.data(), 960, bytes.data(), 1'500);
    REQUIRE(size > 0);
    packets.emplace_back(reinterpret_cast<const char*>(bytes.data()),
                         static_cast<std::size_t>(size));
  }
  return packets;
}

double power_at(std::span<const float> samples, double frequency) {
  double re = 0;
  double im = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double angle = 2 * std::numbers::pi * frequency * static_cast<double>(i) / 16'000;
    re += samples[i] * std::cos(angle);
    im += samples[i] * std::sin(angle);
  }
  const auto n = static_cast<double>(samples.size());
  return 2 * (re * re + im * im) / (n * n);
}

}  // namespace

TEST_CASE("sound in any format comes out in its own time, with the same level") {
  for (const auto& format : linear_formats) {
    INFO("encoding " << int(format.encoding) << " at " << format.sample_rate);
    auto decoder = decoder_of(format);
    std::vector<float> heard;
    const auto count = static_cast<std::size_t>(format.sample_rate);
    REQUIRE(decoder->decode(tone_bytes(format, 997, count), heard));
    REQUIRE(heard.size() > 15'000);
    const bool companded = format.encoding != audio_encoding::pcm16;
    CHECK(distance_from_tone(heard, 997) < (companded ? 0.02 : 0.0005));
  }
}

TEST_CASE("how the bytes of a stream are cut does not change what is heard") {
  std::mt19937 chance{7};
  for (const auto& format : linear_formats) {
    INFO("encoding " << int(format.encoding) << " at " << format.sample_rate);
    const auto bytes = tone_bytes(format, 440, static_cast<std::size_t>(format.sample_rate));
    std::vector<float> whole;
    REQUIRE(decoder_of(format)->decode(bytes, whole));
    auto decoder = decoder_of(format);
    std::vector<float> pieces;
    std::uniform_int_distribution<std::size_t> length{1, 701};
    for (std::size_t at = 0; at < bytes.size();) {
      const auto piece = std::string_view{bytes}.substr(at, length(chance));
      REQUIRE(decoder->decode(piece, pieces));
      at += piece.size();
    }
    CHECK(pieces.size() == whole.size());
    const auto common = std::min(pieces.size(), whole.size());
    CHECK(std::equal(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(common),
                     whole.begin(), [](float a, float b) { return std::abs(a - b) < 1e-5f; }));
  }
}

TEST_CASE("sound is held back no longer than the header says") {
  for (const auto& format : linear_formats) {
    INFO("encoding " << int(format.encoding) << " at " << format.sample_rate);
    const std::size_t allowed = format.sample_rate == 16'000  ? 0
                                : format.sample_rate == 8'000 ? 176
                                                              : 160;
    auto decoder = decoder_of(format);
    std::vector<float> heard;
    const auto bytes = tone_bytes(format, 440, static_cast<std::size_t>(format.sample_rate) * 2);
    const auto step = bytes.size() / 200;  // 10 ms
    std::size_t worst = 0;
    for (std::size_t k = 0; k < 200; ++k) {
      REQUIRE(decoder->decode(std::string_view{bytes}.substr(k * step, step), heard));
      worst = std::max(worst, (k + 1) * 160 - std::min(heard.size(), (k + 1) * 160));
    }
    CHECK(worst <= allowed);
  }
}

TEST_CASE("what is above the new rate's half does not fold back") {
  auto decoder = decoder_of({audio_encoding::pcm16, 48'000});
  std::vector<float> heard;
  REQUIRE(decoder->decode(tone_bytes({audio_encoding::pcm16, 48'000}, 11'000, 48'000), heard));
  double loudest = 0;
  for (const float sample : std::span{heard}.subspan(320))  // its onset is a click of all pitches
    loudest = std::max(loudest, std::abs(double{sample}));
  CHECK(loudest < 0.01);
}

TEST_CASE("a full-scale square wave is heard within -1 to 1") {
  for (const int rate : {8'000, 24'000, 48'000}) {
    std::string bytes;
    for (int i = 0; i < rate; ++i)
      bytes += i / 40 % 2 == 0 ? "\xFF\x7F" : std::string("\x00\x80", 2);
    std::vector<float> heard;
    REQUIRE(decoder_of({audio_encoding::pcm16, rate})->decode(bytes, heard));
    CHECK(*std::max_element(heard.begin(), heard.end()) <= 1.0f);
    CHECK(*std::min_element(heard.begin(), heard.end()) >= -1.0f);
  }
}

TEST_CASE("a decoder that was reset has nothing of the stream before") {
  for (const auto& format : linear_formats) {
    INFO("encoding " << int(format.encoding) << " at " << format.sample_rate);
    const auto bytes = tone_bytes(format, 440, 4'000);
    std::vector<float> fresh;
    REQUIRE(decoder_of(format)->decode(bytes, fresh));
    auto decoder = decoder_of(format);
    std::vector<float> heard;
    REQUIRE(decoder->decode(tone_bytes(format, 1'000, 3'001) + "\x55", heard));
    decoder->reset();
    heard.clear();
    REQUIRE(decoder->decode(bytes, heard));
    CHECK(heard == fresh);
  }
}

TEST_CASE("formats that nobody sends are refused") {
  for (const audio_format format :
       {audio_format{audio_encoding::pcm16, 44'100}, audio_format{audio_encoding::pcmu, 16'000},
        audio_format{audio_encoding::pcma, 24'000}, audio_format{audio_encoding::opus, 16'000},
        audio_format{audio_encoding::pcm16, 0}, audio_format{audio_encoding::pcm16, -8'000}}) {
    const auto made = audio_decoder::make(format);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == errc::invalid_argument);
  }
}

TEST_CASE("Opus packets, mono or stereo, become 16 kHz sound") {
  for (const int channels : {1, 2}) {
    INFO(channels << " channels");
    auto decoder = decoder_of({audio_encoding::opus, 48'000});
    std::vector<float> heard;
    for (const auto& packet : opus_packets(440, channels, 50)) {
      const auto before = heard.size();
      REQUIRE(decoder->decode(packet, heard));
      CHECK(heard.size() - before == 320);
    }
    const auto later = std::span{heard}.subspan(4'000, 8'000);
    double power = 0;
    for (const float sample : later) power += sample * sample;
    power /= 8'000;
    CHECK(power == Approx(0.125).epsilon(0.2));
    CHECK(power_at(later, 440) > 0.95 * power);
  }
}

TEST_CASE("bytes that are no Opus packet are an error, and the next packet is heard") {
  auto decoder = decoder_of({audio_encoding::opus, 48'000});
  const auto packets = opus_packets(440, 1, 20);
  std::vector<float> heard;
  for (std::size_t k = 0; k < packets.size(); ++k) {
    REQUIRE(decoder->decode(packets[k], heard));
    // An empty one, one that promises 63 frames of 20 ms, two frames in an odd number of bytes.
    for (const auto& bad :
         {std::string{}, std::string{"\x4B\x3F\x01\x02"}, std::string{"\x49\x01\x02\x03", 4}}) {
      const auto before = heard;
      const auto refused = decoder->decode(bad, heard);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == errc::invalid_argument);
      CHECK(heard == before);
    }
  }
  CHECK(heard.size() == 20 * 320);
  CHECK(power_at(std::span{heard}.subspan(1'600, 3'200), 440) > 0.1);
}

TEST_CASE("no bytes of any kind break the Opus decoder") {
  auto decoder = decoder_of({audio_encoding::opus, 48'000});
  std::mt19937 chance{11};
  std::uniform_int_distribution<int> byte{0, 255};
  std::uniform_int_distribution<std::size_t> length{0, 200};
  for (int k = 0; k < 2'000; ++k) {
    std::string packet(length(chance), '\0');
    for (auto& value : packet) value = static_cast<char>(byte(chance));
    std::vector<float> heard;
    const auto decoded = decoder->decode(packet, heard);
    CHECK(heard.empty() != static_cast<bool>(decoded));
    CHECK(heard.size() <= 1'920);
    CHECK(std::all_of(heard.begin(), heard.end(),
                      [](float sample) { return std::abs(sample) <= 1.0f; }));
  }
}
