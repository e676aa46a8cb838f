#include "actors/speech/wav.hpp"

namespace dhr {
namespace {

void put(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

}  // namespace

std::string wav_file(std::span<const std::int16_t> samples, std::uint32_t sample_rate) {
  constexpr std::uint32_t header_bytes = 44;
  const auto data_bytes = static_cast<std::uint32_t>(samples.size_bytes());
  std::string out;
  out.reserve(header_bytes + data_bytes);
  out += "RIFF";
  put(out, header_bytes - 8 + data_bytes, 4);
  out += "WAVEfmt ";
  put(out, 16, 4);  // size of the format block
  put(out, 1, 2);   // PCM
  put(out, 1, 2);   // channels
  put(out, sample_rate, 4);
  put(out, sample_rate * 2, 4);  // bytes a second
  put(out, 2, 2);                // bytes a sample of all channels
  put(out, 16, 2);               // bits a sample
  out += "data";
  put(out, data_bytes, 4);
  out.append(reinterpret_cast<const char*>(samples.data()), data_bytes);
  return out;
}

}  // namespace dhr
