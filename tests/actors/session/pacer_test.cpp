#include "actors/session/pacer.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {
constexpr mono_time at(nanoseconds time) { return mono_time{time}; }
}  // namespace

TEST_CASE("the first chunk may go at once") { CHECK(pacer{2s, true}.due(0) <= at(0s)); }

TEST_CASE("sound more than the run-ahead before its time waits") {
  pacer pace{2s, true};
  CHECK(pace.sent(0, at(10s)) == 0ns);
  CHECK(pace.due(24'000) == at(9s));
  CHECK(pace.due(3 * 24'000) == at(11s));
}

TEST_CASE("a late chunk shifts what follows by its lateness") {
  pacer pace{2s, true};
  CHECK(pace.sent(0, at(10s)) == 0ns);
  CHECK(pace.sent(24'000, at(11'500ms)) == 500ms);
  CHECK(pace.due(4 * 24'000) == at(12'500ms));
  CHECK(pace.heard(2 * 24'000) == at(12'500ms));
}

TEST_CASE("an unpaced client gets everything at once") {
  pacer pace{2s, false};
  CHECK(pace.sent(0, at(10s)) == 0ns);
  CHECK(pace.due(3'600 * 24'000) <= at(10s));
}
