#include "gpu/compute_device.hpp"

#include <algorithm>
#include <charconv>

#include "runtime/base/pairs.hpp"

namespace dhr {
namespace {

std::vector<compute_device> all_of(const device_stock& stock) {
  std::vector<compute_device> found;
  for (int i = 0; stock.with_cuda && i < stock.cards; ++i) found.push_back({device_kind::cuda, i});
  if (found.empty()) found.push_back({});
  return found;
}

result<void> check_in_stock(const compute_device& device, const device_stock& stock) {
  if (device.kind == device_kind::cpu) return ok();
  const auto name = to_string(device);
  if (!stock.with_cuda) {
    return fail(errc::unavailable,
                name +
                    " was asked for, and this program was built without CUDA; say auto or cpu, "
                    "or build it with -DDHR_CUDA=ON",
                name);
  }
  if (device.index < stock.cards) return ok();
  return fail(errc::unavailable,
              name + " was asked for, and the driver finds " +
                  (stock.cards == 0 ? "no card"
                                    : std::to_string(stock.cards) + " card" +
                                          (stock.cards == 1 ? "" : "s") + ", the first is cuda:0") +
                  "; say auto or cpu, or see what nvidia-smi finds",
              name);
}

}  // namespace

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

result<std::vector<compute_device>> choose_devices(std::string_view wanted,
                                                   const device_stock& stock) {
  if (wanted == "auto") return all_of(stock);
  std::vector<compute_device> chosen;
  for (const auto& part : parse_list(wanted)) {
    DHR_TRY(const auto device, parse_compute_device(part));
    if (std::find(chosen.begin(), chosen.end(), device) != chosen.end()) {
      return fail(errc::invalid_argument, "the device '" + part + "' is named twice");
    }
    DHR_TRY(check_in_stock(device, stock));
    chosen.push_back(device);
  }
  if (chosen.empty()) return fail(errc::invalid_argument, "no device is named");
  return chosen;
}

}  // namespace dhr
