#include "actors/speech/wav.hpp"

#include <array>
#include <catch2/catch.hpp>

TEST_CASE("a WAVE file says its rate and holds the samples after 44 bytes") {
  const std::array<std::int16_t, 3> samples{1, -2, 300};
  const auto file = dhr::wav_file(samples, 24'000);
  REQUIRE(file.size() == 44 + 6);
  CHECK(file.substr(0, 4) == "RIFF");
  CHECK(file.substr(8, 8) == "WAVEfmt ");
  CHECK(file.substr(4, 4) == std::string("\x2a\0\0\0", 4));
  CHECK(file.substr(24, 4) == std::string("\xc0\x5d\0\0", 4));
  CHECK(file.substr(40, 4) == std::string("\6\0\0\0", 4));
  CHECK(file.substr(44) == std::string("\1\0\xfe\xff\x2c\1", 6));
}
