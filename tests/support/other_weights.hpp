#pragma once
// Another version of a prepared net, for tests of its exchange.

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace dhr::testing {

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

// The reflected CRC-32 of IEEE 802.3, which ends a file of weights.
inline std::uint32_t checksum(std::string_view bytes) {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    auto value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ (value & 1 ? 0xEDB88320U : 0U);
    table[i] = value;
  }
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc = (crc >> 8) ^ table[(crc ^ static_cast<std::uint8_t>(byte)) & 0xFFU];
  }
  return ~crc;
}

// In one step, as whoever exchanges a file of a running server should.
inline void replace_file(const std::filesystem::path& path, const std::string& bytes) {
  const auto beside = path.string() + ".new";
  std::ofstream{beside, std::ios::binary} << bytes;
  std::filesystem::rename(beside, path);
}

// A whole file with the right checksum, but one of its numbers is another one.
inline void exchange_weights(const std::filesystem::path& path) {
  auto bytes = bytes_of(path);
  auto& byte = bytes[bytes.size() / 2];
  byte = static_cast<char>(byte ^ 1);
  const auto crc = checksum(std::string_view{bytes}.substr(0, bytes.size() - 4));
  std::memcpy(bytes.data() + bytes.size() - 4, &crc, sizeof crc);
  replace_file(path, bytes);
}

// A copy of the prepared net that reads emotion.
inline void copy_emotion_net(const std::filesystem::path& models,
                             const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto* name : {"emotion.weights", "vocab.txt"}) {
    std::filesystem::copy_file(models / "emotion" / name, folder / name,
                               std::filesystem::copy_options::overwrite_existing);
  }
}

}  // namespace dhr::testing
