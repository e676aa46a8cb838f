#include "actors/ears/audio_decoder.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include "actors/ears/g711.hpp"
#include "actors/ears/opus_adapter.hpp"
#include "actors/ears/stream_resampler_adapter.hpp"
#include "actors/ears/types.hpp"

namespace dhr {
namespace {

constexpr int heard_rate = static_cast<int>(hearing_sample_rate);

float as_float(std::int16_t sample) noexcept { return static_cast<float>(sample) / 32'768.0f; }

// Bytes of any split to samples.
class linear_source {
 public:
  explicit linear_source(audio_encoding encoding) : encoding_{encoding} {}

  void read(std::string_view bytes, std::vector<float>& out) {
    if (encoding_ == audio_encoding::pcm16) return read_pcm16(bytes, out);
    const auto decode = encoding_ == audio_encoding::pcmu ? decode_mu_law : decode_a_law;
    for (const char byte : bytes) out.push_back(as_float(decode(static_cast<std::uint8_t>(byte))));
  }
  void reset() { low_byte_.reset(); }

 private:
  void read_pcm16(std::string_view bytes, std::vector<float>& out) {
    for (const char byte : bytes) {
      const auto value = static_cast<std::uint8_t>(byte);
      if (!low_byte_) {
        low_byte_ = value;
        continue;
      }
      const auto sample = static_cast<std::uint16_t>(value << 8 | *std::exchange(low_byte_, {}));
      out.push_back(as_float(static_cast<std::int16_t>(sample)));
    }
  }

  audio_encoding encoding_;
  std::optional<std::uint8_t> low_byte_;  // of a sample whose other half has not come
};

class linear_decoder final : public audio_decoder {
 public:
  linear_decoder(audio_encoding encoding, std::optional<stream_resampler> resampler)
      : source_{encoding}, resampler_{std::move(resampler)} {}

  result<void> decode(std::string_view bytes, std::vector<float>& out) override {
    out.reserve(out.size() + bytes.size());
    if (!resampler_) {
      source_.read(bytes, out);
      return ok();
    }
    std::vector<float> samples;
    samples.reserve(bytes.size());
    source_.read(bytes, samples);
    return resampler_->process(samples, out);
  }

  void reset() override {
    source_.reset();
    if (resampler_) resampler_->reset();
  }

 private:
  linear_source source_;
  std::optional<stream_resampler> resampler_;  // none at 16 kHz
};

class packet_decoder final : public audio_decoder {
 public:
  explicit packet_decoder(opus_decoder decoder) : decoder_{std::move(decoder)} {}
  result<void> decode(std::string_view bytes, std::vector<float>& out) override {
    return decoder_.decode(bytes, out);
  }
  void reset() override { decoder_.reset(); }

 private:
  opus_decoder decoder_;
};

}  // namespace

result<std::unique_ptr<audio_decoder>> audio_decoder::make(audio_format format) {
  if (!can_be_heard(format)) {
    return fail(errc::invalid_argument,
                "sound is heard as pcm16 at 8000, 16000, 24000 or 48000 Hz, pcmu or pcma at 8000, "
                "opus at 48000",
                "format");
  }
  if (format.encoding == audio_encoding::opus) {
    DHR_TRY(auto decoder, opus_decoder::make());
    return std::make_unique<packet_decoder>(std::move(decoder));
  }
  std::optional<stream_resampler> resampler;
  if (format.sample_rate != heard_rate) {
    DHR_TRY(resampler, stream_resampler::make(format.sample_rate, heard_rate));
  }
  return std::make_unique<linear_decoder>(format.encoding, std::move(resampler));
}

}  // namespace dhr
