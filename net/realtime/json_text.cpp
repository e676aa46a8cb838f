#include "net/realtime/json_text.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "actors/avatar/types.hpp"
#include "runtime/base/assert.hpp"

namespace dhr::realtime {
namespace {

constexpr std::size_t frame_floats = sizeof(face_frame) / sizeof(float);
constexpr std::size_t decimal_chars_max = 24;

// Writes at `at`, which has room for decimal_chars_max, and returns the end.
char* write_decimal(char* at, double value) noexcept {
  constexpr std::int64_t scale = 10'000;
  constexpr double limit = 1e14;  // times the scale it still fits an integer
  if (!std::isfinite(value)) value = 0;
  auto scaled = std::llround(std::clamp(value, -limit, limit) * static_cast<double>(scale));
  if (scaled < 0) {
    *at++ = '-';
    scaled = -scaled;
  }
  at = std::to_chars(at, at + decimal_chars_max, scaled / scale).ptr;
  auto rest = static_cast<unsigned>(scaled % scale);
  if (rest == 0) return at;
  *at++ = '.';
  for (unsigned digit = 1'000; rest > 0; rest %= digit, digit /= 10) {
    *at++ = static_cast<char>('0' + rest / digit);
    if (digit == 1) break;
  }
  return at;
}

// Floats [first, first + count) of each frame.
void append_columns(std::string& out, std::string_view frames, std::size_t first,
                    std::size_t count) {
  DHR_ASSERT(frames.size() % sizeof(face_frame) == 0);
  const auto rows = frames.size() / sizeof(face_frame);
  const auto size = out.size();
  out.resize(size + 2 + rows * (3 + count * (decimal_chars_max + 1)));
  char* at = out.data() + size;
  *at++ = '[';
  for (std::size_t row = 0; row < rows; ++row) {
    float values[frame_floats];
    std::memcpy(values, frames.data() + row * sizeof(face_frame), sizeof values);
    if (row > 0) *at++ = ',';
    *at++ = '[';
    for (std::size_t column = first; column < first + count; ++column) {
      if (column > first) *at++ = ',';
      at = write_decimal(at, static_cast<double>(values[column]));
    }
    *at++ = ']';
  }
  *at++ = ']';
  out.resize(static_cast<std::size_t>(at - out.data()));
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 0xf];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_integer(std::string& out, std::int64_t value) {
  char buffer[decimal_chars_max];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void append_decimal(std::string& out, double value) {
  char buffer[2 * decimal_chars_max];
  out.append(buffer, write_decimal(buffer, value));
}

void append_base64(std::string& out, std::string_view bytes) {
  const auto start = out.size() + 1;
  const auto length = (bytes.size() + 2) / 3 * 4;
  out.resize(start + length + 1);  // EVP_EncodeBlock writes a zero, where the quote will stand
  out[start - 1] = '"';
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + start),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  out[start + length] = '"';
}

void append_weights(std::string& out, std::string_view frames) {
  append_columns(out, frames, 0, blendshape_count);
}

void append_heads(std::string& out, std::string_view frames) {
  append_columns(out, frames, blendshape_count, frame_floats - blendshape_count);
}

}  // namespace dhr::realtime
