#include "runtime/base/busy_meter.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {
constexpr mono_time begin{std::chrono::hours{1}};
}

TEST_CASE("who has not worked is not busy") { CHECK(busy_meter{}.share(begin) == 0.0); }

TEST_CASE("the share is that of the last five seconds") {
  busy_meter meter;
  meter.worked(1s, begin + 1s);
  CHECK(meter.share(begin + 5s) == Approx(0.2));
  meter.worked(1s, begin + 4s);
  CHECK(meter.share(begin + 5s) == Approx(0.4));
}

TEST_CASE("work is forgotten as it gets older than the window") {
  busy_meter meter;
  meter.worked(2s, begin + 2s);
  CHECK(meter.share(begin + 5s) == Approx(0.4));
  CHECK(meter.share(begin + 6s) == Approx(0.2));
  CHECK(meter.share(begin + 7s) == 0.0);
  CHECK(meter.share(begin + 100s) == 0.0);
}

TEST_CASE("one piece of work counts in all the slices that it spans") {
  busy_meter meter;
  meter.worked(1200ms, begin + 1700ms);
  CHECK(meter.share(begin + 2s) == Approx(1.2 / 5));
}

TEST_CASE("work that is longer than the window fills it and no more") {
  busy_meter meter;
  meter.worked(60s, begin);
  CHECK(meter.share(begin) == Approx(1.0));
}

TEST_CASE("several who work at once are one at most") {
  busy_meter meter;
  for (int i = 0; i < 3; ++i) meter.worked(5s, begin + 5s);
  CHECK(meter.share(begin + 5s) == Approx(1.0));
}
