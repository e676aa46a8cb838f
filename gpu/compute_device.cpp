#include "gpu/compute_device.hpp"

#include <charconv>

namespace dhr {

result<compute_device> parse_compute_device(std::string_view text) {
  constexpr std::string_view cuda = "cuda:";
  if (text == "cpu") return compute_device{};
  if (text.starts_with(cuda)) {
    const auto number = text.substr(cuda.size());
    int index = -1;
    const auto [end, trouble] = std::from_chars(number.begin(), number.end(), index);
    if (trouble == std::errc{} && end == number.end() && index >= 0) {
      return compute_device{device_kind::cuda, index};
    }
  }
  return fail(errc::invalid_argument,
              "there is no device '" + std::string{text} + "'; say cpu or cuda:NUMBER");
}

std::string to_string(const compute_device& device) {
  return device.kind == device_kind::cpu ? "cpu" : "cuda:" + std::to_string(device.index);
}

}  // namespace dhr
