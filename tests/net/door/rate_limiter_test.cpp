#include "net/door/rate_limiter.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace dhr::door;
using namespace std::chrono_literals;

namespace {

mono_time at(nanoseconds since_start) { return mono_time{since_start}; }

}  // namespace

TEST_CASE("a minute's turns may be asked for at once, the next one only when there is room again") {
  rate_limiter limiter{60, 0};
  for (int i = 0; i < 60; ++i) REQUIRE(limiter.turn_begins(at(5s)));
  const auto refused = limiter.turn_begins(at(5s));
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::overloaded);
  REQUIRE(refused.assume_error().retry_after);
  CHECK(*refused.assume_error().retry_after == 1s);
  CHECK_FALSE(limiter.turn_begins(at(5'999ms)));
  CHECK(limiter.turn_begins(at(6s)));
  CHECK_FALSE(limiter.turn_begins(at(6s)));
}

TEST_CASE("waiting as long as a refusal says is enough, whatever the rate") {
  for (const int per_minute : {1, 7, 59, 601, 99'991}) {
    INFO(per_minute);
    token_bucket bucket{per_minute};
    mono_time now = at(3s);
    REQUIRE(bucket.take(per_minute, now) == 0ns);
    for (int i = 0; i < 20; ++i) {
      const auto wait = bucket.take(1, now);
      REQUIRE(wait > 0ns);
      now += wait;
      REQUIRE(bucket.take(1, now) == 0ns);
    }
  }
}

TEST_CASE("what is not used does not add up beyond a minute's worth") {
  token_bucket bucket{10};
  REQUIRE(bucket.take(10, at(0s)) == 0ns);
  CHECK(bucket.state("requests", at(10min)).remaining == 10);
  REQUIRE(bucket.take(10, at(10min)) == 0ns);
  CHECK(bucket.take(1, at(10min)) == 6s);
}

TEST_CASE("a message of more than a minute's worth passes a full bucket and is owed afterwards") {
  rate_limiter limiter{0, 1'000};
  REQUIRE(limiter.audio_received(2'000, at(0s)));
  CHECK_FALSE(limiter.audio_received(1, at(60s)));
  CHECK(limiter.audio_received(1, at(61s)));
}

TEST_CASE("a refused message costs nothing") {
  token_bucket bucket{600};
  REQUIRE(bucket.take(590, at(0s)) == 0ns);
  for (int i = 0; i < 5; ++i) CHECK(bucket.take(100, at(0s)) > 0ns);
  CHECK(bucket.take(10, at(0s)) == 0ns);
}

TEST_CASE("the state tells what is left and when it is whole again") {
  rate_limiter limiter{60, 600};
  REQUIRE(limiter.turn_begins(at(0s)));
  REQUIRE(limiter.turn_begins(at(0s)));
  REQUIRE(limiter.audio_received(300, at(0s)));
  const auto now = limiter.state(at(0s));
  REQUIRE(now.size() == 2);
  CHECK(now[0] == rate_limit{"requests", 60, 58, 2.0});
  CHECK(now[1] == rate_limit{"bytes", 600, 300, 30.0});
  const auto later = limiter.state(at(30s));
  CHECK(later[0] == rate_limit{"requests", 60, 60, 0.0});
  CHECK(later[1] == rate_limit{"bytes", 600, 600, 0.0});
}

TEST_CASE("a limit of zero is none") {
  rate_limiter limiter{0, 0};
  for (int i = 0; i < 10'000; ++i) REQUIRE(limiter.turn_begins(at(0s)));
  CHECK(limiter.audio_received(1'000'000'000'000, at(0s)));
  CHECK(limiter.state(at(0s)).empty());
}
