#pragma once
// What a digital human can feel, as numbers: the five feelings of the face and the voice.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dhr {

enum class feeling : std::uint8_t { joy, confidence, surprise, thoughtfulness, concern };

inline constexpr std::size_t feeling_count = 5;

// feeling_names[i] is the name of feeling{i}.
inline constexpr std::array<std::string_view, feeling_count> feeling_names{
    "joy", "confidence", "surprise", "thoughtfulness", "concern"};

// Each in [0, 1], each for itself: several may be there at once, and none is the neutral face.
struct feelings {
  std::array<float, feeling_count> weights{};

  [[nodiscard]] float operator[](feeling one) const noexcept {
    return weights[static_cast<std::size_t>(one)];
  }
  [[nodiscard]] float& operator[](feeling one) noexcept {
    return weights[static_cast<std::size_t>(one)];
  }
  friend bool operator==(const feelings&, const feelings&) = default;
};

}  // namespace dhr
