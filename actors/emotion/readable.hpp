#pragma once
// As much of a text as a reader of emotion looks at. Pure.

#include <cstddef>
#include <string_view>

namespace dhr {

inline constexpr std::size_t readable_bytes_max = 1'024;

// The text's beginning, at most that long, cut between code points. A net reads some dozens of
// tokens: what lies behind would only be carried along.
[[nodiscard]] inline std::string_view readable(std::string_view text) noexcept {
  if (text.size() <= readable_bytes_max) return text;
  auto end = readable_bytes_max;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u;
  };
  while (end > 0 && continues(end)) --end;
  return text.substr(0, end);
}

}  // namespace dhr
