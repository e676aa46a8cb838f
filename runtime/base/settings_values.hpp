#pragma once
// Kinds of values that several parts of the configuration have.

#include <chrono>
#include <string>

namespace dhr {

// Text that must never reach a log, a complaint or a listing. Take `value` only to use it.
struct secret {
  std::string value;
  friend bool operator==(const secret&, const secret&) = default;
};

// Pixels.
struct image_size {
  int width = 1920;
  int height = 1080;
  friend bool operator==(const image_size&, const image_size&) = default;
};

namespace settings {

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace settings

}  // namespace dhr
