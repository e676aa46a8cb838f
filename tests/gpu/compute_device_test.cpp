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
