#pragma once
// The real voice activity net and real speech, and a listener that is sent sound as a client would
// send it.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/ears/g711.hpp"
#include "actors/ears/listener.hpp"
#include "actors/ears/sound_samples.hpp"
#include "tests/actors/ears/spoken_sound.hpp"

namespace dhr::test {

inline std::shared_ptr<const voice_activity_net> voice_net() {
  static const auto net = [] {
    auto loaded = voice_activity_net::load(DHR_DEPS_DIR "/models/nets/silero-vad.weights");
    if (!loaded) throw std::runtime_error{loaded.assume_error().message};
    return loaded.assume_value();
  }();
  return net;
}

// One sentence of Flite's voice, about 1.4 s, that starts and ends with its first and last sound.
inline const std::vector<float>& sentence() {
  static const auto samples = [] {
    const char* const clauses[] = {"What is the weather like?"};
    auto spoken = flite_speech(clauses);
    const auto is_loud = [](float x) { return std::abs(x) > 0.02f; };
    spoken.erase(std::find_if(spoken.rbegin(), spoken.rend(), is_loud).base(), spoken.end());
    spoken.erase(spoken.begin(), std::find_if(spoken.begin(), spoken.end(), is_loud));
    return spoken;
  }();
  return samples;
}

inline std::vector<float> silence(milliseconds length) {
  return std::vector<float>(static_cast<std::size_t>(length.count() * 16));
}

inline std::vector<float> joined(std::initializer_list<std::vector<float>> parts) {
  std::vector<float> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// 16 kHz samples in the format of a client.
inline std::string encoded(std::vector<float> samples, const audio_format& format) {
  if (format.sample_rate != 16'000) {
    auto resampler = stream_resampler::make(16'000, format.sample_rate);
    std::vector<float> resampled;
    if (!resampler || !resampler.assume_value().process(samples, resampled) ||
        !resampler.assume_value().flush(resampled)) {
      throw std::runtime_error{"resampler"};
    }
    samples = std::move(resampled);
  }
  std::vector<std::int16_t> pcm;
  append_int16(samples, pcm);
  std::string bytes;
  for (const auto x : pcm) {
    if (format.encoding == audio_encoding::pcm16) {
      bytes += static_cast<char>(x & 0xFF);
      bytes += static_cast<char>(x >> 8);
    } else {
      const bool mu = format.encoding == audio_encoding::pcmu;
      bytes += static_cast<char>(mu ? encode_mu_law(x) : encode_a_law(x));
    }
  }
  return bytes;
}

inline std::size_t bytes_per_second(const audio_format& format) {
  return static_cast<std::size_t>(format.sample_rate) *
         (format.encoding == audio_encoding::pcm16 ? 2 : 1);
}

inline listening_settings heard_at_16k(turn_detection_kind kind) {
  listening_settings settings;
  settings.input = {audio_encoding::pcm16, 16'000};
  settings.detection.kind = kind;
  return settings;
}

inline constexpr std::int64_t ms = 16;  // samples

struct heard_begin {
  std::int64_t onset = 0;    // sample, without the padding
  std::int64_t decided = 0;  // sample at which it was told
};

struct listening_bench {
  listening_settings settings;
  listener tested;
  mono_time now{std::chrono::hours{1}};
  endpoint_effects said;
  std::vector<heard_begin> begins;

  explicit listening_bench(const listening_settings& how, bool guard_echo = true)
      : settings{how}, tested{options(guard_echo), how} {}
  explicit listening_bench(turn_detection_kind kind = turn_detection_kind::server_vad)
      : listening_bench{heard_at_16k(kind)} {}

  static listener_options options(bool guard_echo) {
    listener_options made;
    made.net = voice_net();
    made.guard_echo = guard_echo;
    return made;
  }
  void note(endpoint_effects effects) {
    for (auto& effect : effects) {
      if (const auto* begin = std::get_if<begin_utterance>(&effect)) {
        const auto padding = settings.detection.prefix_padding.count() * ms;
        begins.push_back({begin->first_sample + padding, tested.sound().last()});
      }
      said.push_back(std::move(effect));
    }
  }
  void hear_piece(std::string_view bytes, nanoseconds length) {
    now += length;
    auto effects = tested.hear(bytes, now);
    REQUIRE(effects);
    note(std::move(effects).assume_value());
  }
  // As a client sends it: 20 ms at a time.
  void hear(std::vector<float> samples) {
    const auto bytes = encoded(std::move(samples), settings.input);
    const auto piece = bytes_per_second(settings.input) / 50;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      hear_piece(std::string_view{bytes}.substr(at, piece), milliseconds{20});
    }
  }
  template <class Effect>
  [[nodiscard]] std::vector<Effect> all() const {
    std::vector<Effect> found;
    for (const auto& effect : said) {
      if (const auto* x = std::get_if<Effect>(&effect)) found.push_back(*x);
    }
    return found;
  }
  [[nodiscard]] std::int64_t remembered() const {
    return tested.sound().last() - tested.sound().first();
  }
};

}  // namespace dhr::test
