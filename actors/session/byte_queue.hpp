#pragma once
// Bytes that come in large pieces and leave in small ones. What has left is cut off only when it is
// more than what is left, so that each byte is moved a bounded number of times however long the
// queue.

#include <cstddef>
#include <string>
#include <string_view>

namespace dhr {

class byte_queue {
 public:
  void append(std::string_view bytes) { bytes_ += bytes; }

  // The first `count` bytes, which must be there.
  [[nodiscard]] std::string take(std::size_t count) {
    auto taken = bytes_.substr(out_, count);
    out_ += count;
    if (out_ > bytes_.size() / 2) {
      bytes_.erase(0, out_);
      out_ = 0;
    }
    return taken;
  }

 private:
  std::string bytes_;
  std::size_t out_ = 0;  // of the bytes: have left
};

}  // namespace dhr
