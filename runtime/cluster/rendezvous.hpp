#pragma once
// Hashes that are the same on every node and in every build, which std::hash is not.

#include <cstdint>
#include <string_view>

namespace dhr {

// FNV-1a with 64 bits.
[[nodiscard]] constexpr std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3u;
  }
  return hash;
}

// How much the key with this hash is drawn to the node: as good as random, and independent for each
// pair. The last steps are the finalizer of splitmix64 (Steele, Lea and Flood 2014): FNV alone
// leaves names that differ in their last letter close together.
[[nodiscard]] constexpr std::uint64_t rendezvous_weight(std::uint64_t key,
                                                        std::string_view node) noexcept {
  auto weight = key ^ (hash_of(node) * 0x9e3779b97f4a7c15u);
  weight = (weight ^ (weight >> 30)) * 0xbf58476d1ce4e5b9u;
  weight = (weight ^ (weight >> 27)) * 0x94d049bb133111ebu;
  return weight ^ (weight >> 31);
}

}  // namespace dhr
