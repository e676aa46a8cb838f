#include "actors/ears/audio_file_adapter.hpp"

#include <sndfile.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <numbers>
#include <span>
#include <string>

#include "actors/speech/wav.hpp"

using namespace dhr;

namespace {

constexpr double tone_hz = 440;

std::vector<float> tone(int rate, double seconds, int channels = 1) {
  const auto frames = static_cast<std::size_t>(rate * seconds);
  std::vector<float> samples;
  for (std::size_t i = 0; i < frames; ++i) {
    const double phase = 2 * std::numbers::pi * tone_hz * static_cast<double>(i) / rate;
    for (int channel = 0; channel < channels; ++channel) {
      // Of two channels the left one alone sounds.
      samples.push_back(channel == 0 ? 0.5F * static_cast<float>(std::sin(phase)) : 0.0F);
    }
  }
  return samples;
}

// What libsndfile writes goes into a growing string.
struct written_file {
  std::string bytes;
  sf_count_t place = 0;
};

std::string write_with_libsndfile(int format, int rate, int channels,
                                  const std::vector<float>& samples) {
  SF_VIRTUAL_IO io{};
  io.get_filelen = [](void* user) {
    return static_cast<sf_count_t>(static_cast<written_file*>(user)->bytes.size());
  };
  io.seek = [](sf_count_t offset, int whence, void* user) {
    auto& file = *static_cast<written_file*>(user);
    const auto size = static_cast<sf_count_t>(file.bytes.size());
    file.place = offset + (whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file.place : size);
    return file.place;
  };
  io.tell = [](void* user) { return static_cast<written_file*>(user)->place; };
  io.read = [](void* to, sf_count_t count, void* user) {
    auto& file = *static_cast<written_file*>(user);
    const auto from = static_cast<std::size_t>(file.place);
    const auto there = std::min(static_cast<std::size_t>(count), file.bytes.size() - from);
    std::memcpy(to, file.bytes.data() + from, there);
    file.place += static_cast<sf_count_t>(there);
    return static_cast<sf_count_t>(there);
  };
  io.write = [](const void* from, sf_count_t count, void* user) {
    auto& file = *static_cast<written_file*>(user);
    const auto end = static_cast<std::size_t>(file.place + count);
    if (file.bytes.size() < end) file.bytes.resize(end);
    std::memcpy(file.bytes.data() + file.place, from, static_cast<std::size_t>(count));
    file.place += count;
    return count;
  };
  written_file file;
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = channels;
  info.format = format;
  auto* out = sf_open_virtual(&io, SFM_WRITE, &info, &file);
  INFO(sf_strerror(out));
  REQUIRE(out != nullptr);
  const auto frames = static_cast<sf_count_t>(samples.size()) / channels;
  REQUIRE(sf_writef_float(out, samples.data(), frames) == frames);
  REQUIRE(sf_close(out) == 0);
  return file.bytes;
}

// A WAV file written by hand: any rate, channels and width.
std::string wav(std::uint32_t rate, std::uint16_t channels, std::uint16_t format,
                std::uint16_t bits, const std::string& data) {
  const auto number = [](auto value) {
    return std::string{reinterpret_cast<const char*>(&value), sizeof value};
  };
  const auto block = static_cast<std::uint16_t>(channels * bits / 8);
  return "RIFF" + number(static_cast<std::uint32_t>(36 + data.size())) + "WAVEfmt " +
         number(std::uint32_t{16}) + number(format) + number(channels) + number(rate) +
         number(rate * block) + number(block) + number(bits) + "data" +
         number(static_cast<std::uint32_t>(data.size())) + data;
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// Amplitude of the tone in the middle of the sound, by correlation.
double tone_in(std::span<const std::int16_t> samples) {
  const auto begin = samples.size() / 4;
  const auto count = samples.size() / 2;
  double sine = 0;
  double cosine = 0;
  for (std::size_t i = begin; i < begin + count; ++i) {
    const double phase = 2 * std::numbers::pi * tone_hz * static_cast<double>(i) / 24'000;
    sine += samples[i] * std::sin(phase);
    cosine += samples[i] * std::cos(phase);
  }
  return 2 * std::hypot(sine, cosine) / static_cast<double>(count) / 32'768;
}

std::string why_not(std::string_view bytes) {
  const auto sound = read_audio_file(bytes);
  REQUIRE_FALSE(sound);
  CHECK(sound.assume_error().code == errc::invalid_argument);
  return sound.assume_error().message;
}

}  // namespace

TEST_CASE("a 24 kHz WAV comes back sample by sample") {
  const std::vector<std::int16_t> samples{0, 1, -1, 32'767, -32'768, 12'345};
  const auto sound = read_audio_file(wav_file(samples, 24'000));
  REQUIRE(sound);
  CHECK(sound.assume_value() == samples);
}

TEST_CASE("two channels are mixed to their mean") {
  const std::vector<std::int16_t> frames{100, 300, -100, 100, 8'000, -8'000};
  const auto sound = read_audio_file(wav(24'000, 2, 1, 16, bytes_of(frames)));
  REQUIRE(sound);
  CHECK(sound.assume_value() == std::vector<std::int16_t>{200, 0, 0});
}

TEST_CASE("every format that is promised is read at every rate") {
  struct kind {
    const char* name;
    int format;
    int rate;
  };
  const auto [name, format, rate] =
      GENERATE(kind{"WAV", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8'000},
               kind{"WAV of floats", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 44'100},
               kind{"WAV of mu-law", SF_FORMAT_WAV | SF_FORMAT_ULAW, 8'000},
               kind{"WAV of 24 bits", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 96'000},
               kind{"FLAC", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48'000},
               kind{"Vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 22'050},
               kind{"Opus", SF_FORMAT_OGG | SF_FORMAT_OPUS, 48'000},
               kind{"MP3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 44'100});
  INFO(name);
  const int channels = GENERATE(1, 2);
  const auto file = write_with_libsndfile(format, rate, channels, tone(rate, 1.0, channels));
  const auto sound = read_audio_file(file);
  if (!sound) FAIL(sound.assume_error().message);
  const auto& samples = sound.assume_value();
  // MP3 pads what it is given by up to two of its frames of 1,152 samples.
  CHECK(static_cast<double>(samples.size()) == Approx(24'000).margin(2'600));
  CHECK(tone_in(samples) == Approx(0.5 / channels).epsilon(0.05));
}

TEST_CASE("what is no number in a file of floats is silence, and what is too loud is clipped") {
  const std::vector<float> samples{std::nanf(""), INFINITY, 2.0F, -2.0F, 0.25F};
  const auto sound = read_audio_file(wav(24'000, 1, 3, 32, bytes_of(samples)));
  REQUIRE(sound);
  CHECK(sound.assume_value() == std::vector<std::int16_t>{0, 0, 32'767, -32'768, 8'192});
}

TEST_CASE("what is no audio is refused with what would be") {
  using namespace std::string_literals;
  const auto rubbish =
      GENERATE(""s, "x"s, "hello, this is a text"s, std::string(5'000, '\0'), "RIFF"s, "OggS"s,
               "fLaC"s, "ID3"s, "RIFF\xff\xff\xff\xffWAVE"s, "OggS"s + std::string(4'000, 'a'),
               "fLaC"s + std::string(4'000, '\xff'), "ID3"s + std::string(4'000, '\x7f'),
               "\xff\xfb\x90\x64"s,
               "FORM\0\0\0\x20"
               "AIFFCOMM"s);
  CHECK(why_not(rubbish).find("FLAC") != std::string::npos);
}

TEST_CASE("a file whose header is cut at any place is refused or read, never a crash") {
  const auto format =
      GENERATE(SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
               SF_FORMAT_OGG | SF_FORMAT_OPUS, SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III);
  const auto file = write_with_libsndfile(format, 48'000, 1, tone(48'000, 0.2));
  for (std::size_t size = 0; size < file.size(); size += 1 + size / 16) {
    const auto sound = read_audio_file(std::string_view{file}.substr(0, size));
    if (sound) CHECK(sound.assume_value().size() <= 24'000);
    if (!sound) CHECK(sound.assume_error().code == errc::invalid_argument);
  }
}

TEST_CASE("a file that holds no sound is refused") {
  CHECK(why_not(wav_file({}, 24'000)).find("no sound") != std::string::npos);
}

TEST_CASE("sound of more than ten minutes is refused, whatever its size as a file") {
  const std::vector<float> silence(8'000 * 60 * 10 + 8'000);
  const auto file = write_with_libsndfile(SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 8'000, 1, silence);
  CHECK(file.size() < 100'000);
  CHECK(why_not(file).find("10 minutes") != std::string::npos);
}

TEST_CASE("rates and numbers of channels out of range are refused") {
  const std::string data(360, '\0');
  CHECK(why_not(wav(1'000, 1, 1, 16, data)).find("1000 samples") != std::string::npos);
  CHECK(why_not(wav(1'000'000, 1, 1, 16, data)).find("1000000 samples") != std::string::npos);
  CHECK(why_not(wav(24'000, 9, 1, 16, data)).find("9 channels") != std::string::npos);
}
