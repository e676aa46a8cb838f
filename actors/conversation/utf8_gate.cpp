#include "actors/conversation/utf8_gate.hpp"

namespace dhr {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// How many bytes the code point with this first byte has; 0 for a byte that can't be a first one.
std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// Whether `byte` may be the second byte after `lead` (no overlong forms, no surrogates).
bool may_follow(unsigned char lead, unsigned char byte) {
  switch (lead) {
    case 0xE0:
      return byte >= 0xA0 && byte <= 0xBF;
    case 0xED:
      return byte >= 0x80 && byte <= 0x9F;
    case 0xF0:
      return byte >= 0x90 && byte <= 0xBF;
    case 0xF4:
      return byte >= 0x80 && byte <= 0x8F;
    default:
      return byte >= 0x80 && byte <= 0xBF;
  }
}

}  // namespace

std::string utf8_gate::push(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (!held_.empty()) {
      const auto lead = static_cast<unsigned char>(held_[0]);
      const bool fits = held_.size() == 1 ? may_follow(lead, byte) : byte >= 0x80 && byte <= 0xBF;
      if (fits) {
        held_ += c;
        if (held_.size() == length_of(lead)) {
          out += held_;
          held_.clear();
        }
        continue;
      }
      out += replacement;
      held_.clear();
    }
    switch (length_of(byte)) {
      case 0:
        out += replacement;
        break;
      case 1:
        out += c;
        break;
      default:
        held_ = c;
    }
  }
  return out;
}

std::string utf8_gate::finish() {
  if (held_.empty()) return {};
  held_.clear();
  return std::string{replacement};
}

}  // namespace dhr
