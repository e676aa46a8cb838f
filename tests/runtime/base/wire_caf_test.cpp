// What base's values look like on another node: bit for bit the same.

#include "runtime/base/wire_caf.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "tests/support/deterministic_system.hpp"

namespace {

using dhr::testing::round_trip;

struct with_floats {
  float narrow = 0;
  double wide = 0;
  std::optional<double> perhaps;
  std::optional<std::string> text;
  std::variant<std::uint64_t, std::string, dhr::turn_id> either;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, with_floats& x) {
  using namespace dhr::wire;
  return f(bits(x.narrow), bits(x.wide), maybe_bits(x.perhaps), maybe(x.text), one_of(x.either));
}

std::uint32_t pattern(float value) { return std::bit_cast<std::uint32_t>(value); }
std::uint64_t pattern(double value) { return std::bit_cast<std::uint64_t>(value); }

template <class T>
std::vector<T> awkward_numbers() {
  using limits = std::numeric_limits<T>;
  return {T{0},
          -T{0},
          T{1} / 3,
          limits::infinity(),
          -limits::infinity(),
          limits::max(),
          limits::min(),
          limits::lowest(),
          limits::denorm_min(),
          -limits::denorm_min(),
          limits::quiet_NaN(),
          -limits::quiet_NaN(),
          limits::signaling_NaN()};
}

struct plain_system {
  caf::actor_system_config config;
  caf::actor_system system{config};
};

}  // namespace

TEST_CASE_METHOD(plain_system, "infinities, NaNs, zeros and denormals keep every bit on the wire") {
  for (const auto value : awkward_numbers<float>()) {
    INFO(value);
    CHECK(pattern(round_trip(system, with_floats{.narrow = value}).narrow) == pattern(value));
  }
  for (const auto value : awkward_numbers<double>()) {
    INFO(value);
    const auto copy = round_trip(system, with_floats{.wide = value, .perhaps = value});
    CHECK(pattern(copy.wide) == pattern(value));
    REQUIRE(copy.perhaps);
    CHECK(pattern(*copy.perhaps) == pattern(value));
  }
}

TEST_CASE_METHOD(plain_system, "a NaN keeps its payload on the wire") {
  const auto value = std::bit_cast<double>(std::uint64_t{0x7ff8'0000'dead'beef});
  CHECK(pattern(round_trip(system, with_floats{.wide = value}).wide) == 0x7ff8'0000'dead'beef);
}

TEST_CASE_METHOD(plain_system, "what is absent arrives as absent") {
  const auto absent = round_trip(system, with_floats{});
  CHECK_FALSE(absent.perhaps);
  CHECK_FALSE(absent.text);
  CHECK(round_trip(system, with_floats{.text = ""}).text == "");
  CHECK(round_trip(system, with_floats{.text = "words"}).text == "words");
}

TEST_CASE_METHOD(plain_system, "each alternative of a variant arrives as itself") {
  CHECK(std::get<0>(round_trip(system, with_floats{.either = std::uint64_t{7}}).either) == 7);
  CHECK(std::get<1>(round_trip(system, with_floats{.either = "seven"}).either) == "seven");
  const dhr::turn_id turn{{"conv_a"}, {2}, 7};
  CHECK(std::get<2>(round_trip(system, with_floats{.either = turn}).either) == turn);
}

TEST_CASE_METHOD(plain_system, "an alternative that does not exist is an error, not a value") {
  std::vector<char> bytes;
  caf::binary_serializer out{system, bytes};
  std::uint8_t no_such_index = 3;
  REQUIRE_FALSE(out(no_such_index));
  std::variant<std::uint64_t, std::string> value;
  caf::binary_deserializer in{system, bytes};
  CHECK(in(dhr::wire::one_of(value)));
}

TEST_CASE_METHOD(plain_system, "ids and turns arrive as they were sent") {
  const dhr::turn_id turn{
      {"conv_0123456789abcdef"}, {std::numeric_limits<std::uint64_t>::max()}, 42};
  CHECK(round_trip(system, turn) == turn);
  CHECK(round_trip(system, dhr::conversation_id{}) == dhr::conversation_id{});
  CHECK(round_trip(system, dhr::session_epoch{3}) == dhr::session_epoch{3});
}

TEST_CASE_METHOD(plain_system,
                 "an error arrives with code, sentence, place and the time to retry") {
  const dhr::error sent{dhr::errc::overloaded, "too many clauses wait", "voice",
                        std::chrono::milliseconds{250}};
  const auto copy = round_trip(system, sent);
  CHECK(copy.code == dhr::errc::overloaded);
  CHECK(copy.message == sent.message);
  CHECK(copy.where == sent.where);
  CHECK(copy.retry_after == sent.retry_after);
  CHECK_FALSE(round_trip(system, dhr::error{dhr::errc::deadline, "late", "", {}}).retry_after);
}

TEST_CASE_METHOD(plain_system, "shared bytes arrive whole, zeros and all") {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const dhr::shared_bytes bytes{every_byte};
  CHECK(round_trip(system, bytes) == bytes);
  CHECK(round_trip(system, dhr::shared_bytes{}).empty());
  const dhr::shared_bytes large{std::string(65'536, '\x7f')};
  CHECK(round_trip(system, large) == large);
}

TEST_CASE_METHOD(plain_system, "bytes that are cut short are an error, not a value") {
  std::vector<char> bytes;
  caf::binary_serializer out{system, bytes};
  dhr::turn_id turn{{"conv_a"}, {1}, 2};
  REQUIRE_FALSE(out(turn));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO(size << " of " << bytes.size());
    dhr::turn_id copy;
    caf::binary_deserializer in{system, bytes.data(), size};
    CHECK(in(copy));
  }
}
