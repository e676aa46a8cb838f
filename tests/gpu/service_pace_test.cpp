#include "gpu/service_pace.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

TEST_CASE("before anything was measured the least wait is told, whatever waits") {
  const service_pace pace{{150ms, 30s}};
  CHECK_FALSE(pace.per_request());
  CHECK(pace.wait_for(0) == 150ms);
  CHECK(pace.wait_for(1'000) == 150ms);
}

TEST_CASE("the wait is the time of a request for each that waits") {
  service_pace pace;
  pace.batch_finished(1, 40ms);
  CHECK(pace.per_request() == 40ms);
  CHECK(pace.wait_for(10) == 400ms);
  CHECK(pace.wait_for(64) == 2'560ms);
}

TEST_CASE("requests of a batch share its time") {
  service_pace pace;
  pace.batch_finished(8, 80ms);
  CHECK(pace.per_request() == 10ms);
  CHECK(pace.wait_for(100) == 1s);
}

TEST_CASE("a wait is neither shorter nor longer than makes sense") {
  service_pace pace{{200ms, 5s}};
  pace.batch_finished(1, 1ms);
  CHECK(pace.wait_for(3) == 200ms);
  pace.batch_finished(1, 10h);
  CHECK(pace.wait_for(1'000'000'000'000) == 5s);
}

TEST_CASE("a wait is rounded up to whole milliseconds") {
  service_pace pace{{1ms, 5s}};
  pace.batch_finished(1, 100'001us);
  CHECK(pace.wait_for(3) == 301ms);
}

TEST_CASE("one odd batch moves the pace a little, a lasting change all the way") {
  service_pace pace;
  for (int i = 0; i < 100; ++i) pace.batch_finished(1, 10ms);
  CHECK(*pace.per_request() == 10ms);
  pace.batch_finished(1, 90ms);
  CHECK(*pace.per_request() > 15ms);
  CHECK(*pace.per_request() < 25ms);
  for (int i = 0; i < 40; ++i) pace.batch_finished(1, 90ms);
  CHECK(*pace.per_request() > 88ms);
  for (int i = 0; i < 60; ++i) pace.batch_finished(1, 10ms);
  CHECK(*pace.per_request() < 11ms);
}

TEST_CASE("the time of parts counts with the requests that they were for") {
  service_pace pace;
  for (int step = 0; step < 9; ++step) pace.batch_finished(0, 10ms);
  CHECK_FALSE(pace.per_request());
  pace.batch_finished(2, 10ms);
  CHECK(pace.per_request() == 50ms);
}

TEST_CASE("a clock that stands still or goes back does no harm") {
  service_pace pace;
  pace.batch_finished(1, 0ms);
  pace.batch_finished(1, -5s);
  CHECK(pace.per_request() == 0ms);
  CHECK(pace.wait_for(10) == 200ms);
}
