#include "actors/ears/opus_adapter.hpp"

#include <opus.h>

#include <algorithm>
#include <span>

#include "actors/ears/types.hpp"

namespace dhr {
namespace {

constexpr auto rate = static_cast<opus_int32>(hearing_sample_rate);
constexpr int longest_packet = rate * 120 / 1000;  // samples, RFC 6716 section 3.2.5

OpusDecoder* decoder_of(void* handle) { return static_cast<OpusDecoder*>(handle); }

}  // namespace

void opus_decoder::deleter::operator()(void* handle) const noexcept {
  opus_decoder_destroy(decoder_of(handle));
}

result<opus_decoder> opus_decoder::make() {
  int problem = OPUS_OK;
  // libopus decodes to 16 kHz by itself, whatever rate the stream was made from.
  auto* handle = opus_decoder_create(rate, 1, &problem);
  if (problem != OPUS_OK) {
    return fail(errc::failed, std::string{"libopus cannot start: "} + opus_strerror(problem));
  }
  return opus_decoder{handle};
}

result<void> opus_decoder::decode(std::string_view packet, std::vector<float>& out) {
  // No bytes mean a lost packet to libopus, which would make up sound for it.
  if (packet.empty()) return fail(errc::invalid_argument, "an Opus packet is not empty", "audio");
  const auto* bytes = reinterpret_cast<const unsigned char*>(packet.data());
  const auto length = static_cast<opus_int32>(packet.size());
  const int expected = opus_packet_get_nb_samples(bytes, length, rate);
  const auto before = out.size();
  if (expected > 0 && expected <= longest_packet) {
    out.resize(before + static_cast<std::size_t>(expected));
    const int made = opus_decode_float(decoder_of(handle_.get()), bytes, length,
                                       out.data() + before, expected, 0);
    out.resize(before + static_cast<std::size_t>(std::max(made, 0)));
    for (auto& sample : std::span{out}.subspan(before)) sample = std::clamp(sample, -1.0f, 1.0f);
    if (made > 0) return ok();
  }
  return fail(errc::invalid_argument, "the bytes are no Opus packet", "audio");
}

void opus_decoder::reset() noexcept {
  opus_decoder_ctl(decoder_of(handle_.get()), OPUS_RESET_STATE);
}

}  // namespace dhr
