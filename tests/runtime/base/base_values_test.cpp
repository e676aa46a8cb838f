// Results, ids, shared bytes and clocks: the small values that every room builds on.

#include <catch2/catch.hpp>
#include <set>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace {

dhr::result<int> half_of(int value) {
  if (value % 2 != 0) return dhr::fail(dhr::errc::invalid_argument, "is odd", "value");
  return value / 2;
}

dhr::result<int> quarter_of(int value) {
  DHR_TRY(auto half, half_of(value));
  return half_of(half);
}

dhr::result<void> check_even(int value) {
  DHR_TRY(half_of(value));
  return dhr::ok();
}

}  // namespace

TEST_CASE("a result holds its value, or an error with code, sentence and place") {
  REQUIRE(half_of(8));
  CHECK(half_of(8).value() == 4);
  const auto odd = half_of(7);
  REQUIRE_FALSE(odd);
  CHECK(odd.error().code == dhr::errc::invalid_argument);
  CHECK(odd.error().message == "is odd");
  CHECK(odd.error().where == "value");
  CHECK_FALSE(odd.error().retry_after);
}

TEST_CASE("DHR_TRY passes an error on and goes on with a value") {
  CHECK(quarter_of(8).value() == 2);
  CHECK(quarter_of(6).error().message == "is odd");
  CHECK(check_even(2));
  CHECK(check_even(3).error().where == "value");
}

TEST_CASE("every error code has a name of its own") {
  std::set<std::string> names;
  for (int code = 0; code <= static_cast<int>(dhr::errc::failed); ++code) {
    names.insert(dhr::to_string(static_cast<dhr::errc>(code)));
  }
  CHECK(names.size() == static_cast<std::size_t>(dhr::errc::failed) + 1);
}

TEST_CASE("new ids are valid, carry their prefix and differ") {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const auto id = dhr::make_conversation_id().value;
    CHECK(id.starts_with("conv_"));
    CHECK(id.size() == 5 + 16);
    CHECK(dhr::is_valid_id(id));
    seen.insert(id);
  }
  CHECK(seen.size() == 1'000);
  CHECK(dhr::make_random_id("item_").starts_with("item_"));
}

TEST_CASE("a client's id is refused when it is empty, too long or of other characters") {
  CHECK(dhr::is_valid_id("a"));
  CHECK(dhr::is_valid_id("Az09_-"));
  CHECK(dhr::is_valid_id(std::string(64, 'x')));
  CHECK_FALSE(dhr::is_valid_id(""));
  CHECK_FALSE(dhr::is_valid_id(std::string(65, 'x')));
  for (const auto* text : {"a b", "a/b", "a.b", "é", "a\n", "../x"}) {
    INFO(text);
    CHECK_FALSE(dhr::is_valid_id(text));
  }
  CHECK_FALSE(dhr::is_valid_id(std::string_view{"a\0b", 3}));
}

TEST_CASE("turns of one conversation are ordered by epoch, then by number") {
  const dhr::turn_id first{{"conv_a"}, {1}, 9};
  const dhr::turn_id second{{"conv_a"}, {2}, 1};
  const dhr::turn_id third{{"conv_a"}, {2}, 2};
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third == dhr::turn_id{{"conv_a"}, {2}, 2});
  CHECK(dhr::to_string(first) == "conv_a/1/9");
}

TEST_CASE("ids that differ in one part hash differently") {
  const std::hash<dhr::turn_id> hash;
  const dhr::turn_id turn{{"conv_a"}, {1}, 1};
  CHECK(hash(turn) == hash(dhr::turn_id{{"conv_a"}, {1}, 1}));
  CHECK(hash(turn) != hash(dhr::turn_id{{"conv_a"}, {1}, 2}));
  CHECK(hash(turn) != hash(dhr::turn_id{{"conv_a"}, {2}, 1}));
  CHECK(hash(turn) != hash(dhr::turn_id{{"conv_b"}, {1}, 1}));
}

TEST_CASE("shared bytes give back the values they were made of") {
  const std::vector<float> values{0.0f, -1.5f, 3e38f};
  const auto bytes = dhr::shared_bytes::of(std::span<const float>{values});
  CHECK(bytes.size() == 12);
  CHECK(bytes.as<float>() == values);
  const std::vector<std::int16_t> sound{-32'768, 0, 32'767};
  CHECK(dhr::shared_bytes::of(std::span<const std::int16_t>{sound}).as<std::int16_t>() == sound);
}

TEST_CASE("a copy of shared bytes points to the same bytes") {
  const dhr::shared_bytes original{std::string(1'000, 'x')};
  const auto copy = original;
  CHECK(copy.view().data() == original.view().data());
  CHECK(copy == original);
}

TEST_CASE("shared bytes are equal when their content is, whoever made them") {
  CHECK(dhr::shared_bytes{"abc"} == dhr::shared_bytes{"abc"});
  CHECK_FALSE(dhr::shared_bytes{"abc"} == dhr::shared_bytes{"abd"});
  CHECK(dhr::shared_bytes{} == dhr::shared_bytes{""});
  CHECK(dhr::shared_bytes{}.empty());
  CHECK(dhr::shared_bytes{}.as<float>().empty());
}

TEST_CASE("a manual clock stands still until it is turned") {
  dhr::manual_clock clock;
  const auto start = clock.now();
  CHECK(clock.now() == start);
  clock.advance(dhr::milliseconds{1'500});
  CHECK(clock.now() - start == dhr::milliseconds{1'500});
  CHECK(clock.wall_now().time_since_epoch() == dhr::milliseconds{1'500});
  CHECK(dhr::to_ms(clock.now() - start) == 1'500.0);
}

TEST_CASE("the machine's clock never goes back") {
  const auto before = dhr::system_clock().now();
  CHECK(dhr::system_clock().now() >= before);
  CHECK(dhr::system_clock().wall_now().time_since_epoch() > dhr::nanoseconds{0});
}
