// The names of devices.

#include <catch2/catch.hpp>

#include "gpu/compute_device.hpp"

using namespace dhr;

TEST_CASE("a device is named as the configuration names it, and the other way round") {
  CHECK(parse_compute_device("cpu").value() == compute_device{});
  CHECK(parse_compute_device("cuda:3").value() == compute_device{device_kind::cuda, 3});
  for (const std::string name : {"cpu", "cuda:0", "cuda:12"}) {
    CHECK(to_string(parse_compute_device(name).value()) == name);
  }
}

TEST_CASE("what names no device is refused with what to say") {
  for (const auto* name :
       {"", "gpu", "cuda", "cuda:", "cuda:-1", "cuda:1x", "CPU", "cuda:99999999999"}) {
    INFO(name);
    const auto refused = parse_compute_device(name);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_argument);
    CHECK_THAT(refused.error().message, Catch::Contains("cpu or cuda:NUMBER"));
  }
}

namespace {

std::vector<std::string> chosen(std::string_view wanted, const device_stock& stock) {
  const auto devices = choose_devices(wanted, stock);
  std::vector<std::string> names;
  for (const auto& device : devices.value()) names.push_back(to_string(device));
  return names;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("auto takes all cards, and the CPU where there is none") {
  CHECK(chosen("auto", {true, 2}) == names{"cuda:0", "cuda:1"});
  CHECK(chosen("auto", {true, 0}) == names{"cpu"});
  CHECK(chosen("auto", {false, 0}) == names{"cpu"});
}

TEST_CASE("devices that are named are taken in their order") {
  CHECK(chosen("cpu", {true, 2}) == names{"cpu"});
  CHECK(chosen("cuda:1, cpu", {true, 2}) == names{"cuda:1", "cpu"});
}

TEST_CASE("a card that cannot be had is an error with what to do, never another device") {
  const auto without_cuda = choose_devices("cuda:0", {false, 0});
  REQUIRE_FALSE(without_cuda);
  CHECK(without_cuda.error().code == errc::unavailable);
  CHECK_THAT(without_cuda.error().message,
             Catch::Contains("built without CUDA") && Catch::Contains("say auto or cpu"));
  const auto missing = choose_devices("cuda:0, cuda:2", {true, 2});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == errc::unavailable);
  CHECK_THAT(missing.error().message, Catch::Contains("cuda:2") && Catch::Contains("2 cards") &&
                                          Catch::Contains("nvidia-smi"));
  CHECK_THAT(choose_devices("cuda:0", {true, 0}).error().message, Catch::Contains("no card"));
}

TEST_CASE("a list that names no device, or one twice, is refused") {
  for (const auto* wanted : {"", "gpu", "cpu,cpu", "cuda:0,cuda:0", "auto,cpu"}) {
    INFO(wanted);
    CHECK(choose_devices(wanted, {true, 1}).error().code == errc::invalid_argument);
  }
}
