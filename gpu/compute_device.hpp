#pragma once
// Where nets are computed. Pure; any thread.
//
// What a net that runs on a device answers when the device is at fault, and not its input:
//   errc::overloaded   its memory does not suffice now; another device may do this batch
//   errc::unavailable  it can't be used any more in this process (a CUDA context does not survive
//                      an illegal access, and a card can fall off the bus)
// Any other code is about the batch itself, and no other device would do better.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

enum class device_kind : std::uint8_t { cpu, cuda };

struct compute_device {
  device_kind kind = device_kind::cpu;
  int index = 0;  // of the card, as the driver counts; 0 for the CPU
  friend auto operator<=>(const compute_device&, const compute_device&) = default;
};

// "cpu" or "cuda:NUMBER"; errc::invalid_argument for anything else.
[[nodiscard]] result<compute_device> parse_compute_device(std::string_view text);

[[nodiscard]] std::string to_string(const compute_device& device);

// Which cards this process may use.
struct device_stock {
  bool with_cuda = false;  // whether the program can use cards at all
  int cards = 0;           // that the driver finds
};

// The devices that a configuration asks for, in its order: "auto" (all cards, without one the CPU),
// or "cpu" and "cuda:NUMBER", several separated by commas. errc::invalid_argument for what names no
// device or one twice; errc::unavailable, with what to do, for a card that is not in stock.
[[nodiscard]] result<std::vector<compute_device>> choose_devices(std::string_view wanted,
                                                                 const device_stock& stock);

}  // namespace dhr
