#include "actors/ears/audio_encoder.hpp"

#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "actors/ears/g711.hpp"
#include "actors/ears/stream_resampler_adapter.hpp"
#include "actors/speech/types.hpp"

namespace dhr {
namespace {

constexpr int spoken_rate = static_cast<int>(speech_sample_rate);
constexpr float full_scale = 32'767.0f;

std::int16_t as_int16(float sample) noexcept {
  return static_cast<std::int16_t>(std::lround(sample * full_scale));
}

class passing_encoder final : public audio_encoder {
 public:
  result<shared_bytes> encode(const shared_bytes& pcm) override { return pcm; }
  result<shared_bytes> flush() override { return shared_bytes{}; }
  void reset() override {}
};

class resampling_encoder final : public audio_encoder {
 public:
  resampling_encoder(audio_encoding encoding, stream_resampler resampler)
      : encoding_{encoding}, resampler_{std::move(resampler)} {}

  result<shared_bytes> encode(const shared_bytes& pcm) override {
    if (pcm.size() % sizeof(std::int16_t) != 0)
      return fail(errc::invalid_argument, "the sound ends within a sample", "audio");
    std::vector<float> samples;
    samples.reserve(pcm.size() / sizeof(std::int16_t));
    for (const auto sample : pcm.as<std::int16_t>()) {
      samples.push_back(static_cast<float>(sample) / full_scale);
    }
    std::vector<float> resampled;
    DHR_TRY(resampler_.process(samples, resampled));
    return packed(resampled);
  }

  result<shared_bytes> flush() override {
    std::vector<float> rest;
    DHR_TRY(resampler_.flush(rest));
    return packed(rest);
  }

  void reset() override { resampler_.reset(); }

 private:
  [[nodiscard]] shared_bytes packed(std::span<const float> samples) const {
    if (encoding_ == audio_encoding::pcm16) {
      std::vector<std::int16_t> values;
      values.reserve(samples.size());
      for (const float sample : samples) values.push_back(as_int16(sample));
      return shared_bytes::of(std::span<const std::int16_t>{values});
    }
    const auto encode = encoding_ == audio_encoding::pcmu ? encode_mu_law : encode_a_law;
    std::string codes;
    codes.reserve(samples.size());
    for (const float sample : samples) codes.push_back(static_cast<char>(encode(as_int16(sample))));
    return shared_bytes{std::move(codes)};
  }

  audio_encoding encoding_;
  stream_resampler resampler_;
};

}  // namespace

result<std::unique_ptr<audio_encoder>> audio_encoder::make(audio_format format) {
  if (!can_be_spoken(format)) {
    return fail(errc::invalid_argument,
                "sound is spoken as pcm16 at 8000, 16000, 24000 or 48000 Hz, pcmu or pcma at 8000",
                "format");
  }
  if (format.sample_rate == spoken_rate) return std::make_unique<passing_encoder>();
  DHR_TRY(auto resampler, stream_resampler::make(spoken_rate, format.sample_rate));
  return std::make_unique<resampling_encoder>(format.encoding, std::move(resampler));
}

}  // namespace dhr
