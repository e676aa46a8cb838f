#pragma once
// Opus packets (RFC 6716) to sound, by libopus.

#include <memory>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

// Lives on: its owner's thread. Memory: about 20 KiB.
class opus_decoder {
 public:
  // errc::failed if libopus refuses.
  [[nodiscard]] static result<opus_decoder> make();

  // Appends the packet's sound, 2.5 to 120 ms of it, 16 kHz mono in [-1, 1]; stereo is mixed down.
  // errc::invalid_argument for bytes that are no packet: nothing is appended, and the next packet
  // decodes. Not every wrong byte can be noticed: Opus packets carry no checksum.
  [[nodiscard]] result<void> decode(std::string_view packet, std::vector<float>& out);
  // The next packet begins a new stream.
  void reset() noexcept;

 private:
  struct deleter {
    void operator()(void* handle) const noexcept;
  };
  explicit opus_decoder(void* handle) : handle_{handle} {}

  std::unique_ptr<void, deleter> handle_;
};

}  // namespace dhr
