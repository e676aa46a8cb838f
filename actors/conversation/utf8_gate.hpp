#pragma once
// Bytes in, whole code points out: a language model's tokens may end inside a code point. Pure.

#include <string>
#include <string_view>

namespace dhr {

class utf8_gate {
 public:
  // Returns what is complete so far; bytes that can never become UTF-8 are replaced by U+FFFD.
  [[nodiscard]] std::string push(std::string_view bytes);

  // Nothing will follow: a code point that is still incomplete becomes U+FFFD.
  [[nodiscard]] std::string finish();

 private:
  std::string held_;  // the beginning of a code point
};

}  // namespace dhr
