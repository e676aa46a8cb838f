#include "actors/speech/wav.hpp"

#include <array>
#include <catch2/catch.hpp>

TEST_CASE("a WAV file's header says what follows") {
  const std::array<std::int16_t, 2> samples{1, -2};
  const auto wav = dhr::wav_file(samples, 24'000);
  const auto number = [&](std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value |= static_cast<std::uint32_t>(static_cast<unsigned char>(wav[at + i])) << (8 * i);
    }
    return value;
  };
  REQUIRE(wav.size() == 48);
  CHECK(wav.substr(0, 4) == "RIFF");
  CHECK(number(4, 4) == 40);
  CHECK(wav.substr(8, 8) == "WAVEfmt ");
  CHECK(number(16, 4) == 16);
  CHECK(number(20, 2) == 1);
  CHECK(number(22, 2) == 1);
  CHECK(number(24, 4) == 24'000);
  CHECK(number(28, 4) == 48'000);
  CHECK(number(32, 2) == 2);
  CHECK(number(34, 2) == 16);
  CHECK(wav.substr(36, 4) == "data");
  CHECK(number(40, 4) == 4);
  CHECK(wav.substr(44) == std::string("\1\0\xfe\xff", 4));
}
