#include "actors/ears/g711.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <set>

using namespace dhr;

namespace {

struct law {
  const char* name;
  std::uint8_t (*encode)(std::int16_t);
  std::int16_t (*decode)(std::uint8_t);
  int largest;        // the loudest sample that a code stands for
  int smallest_step;  // between neighbouring codes near zero
};
const law laws[] = {{"mu-law", encode_mu_law, decode_mu_law, 32'124, 8},
                    {"A-law", encode_a_law, decode_a_law, 32'256, 16}};

}  // namespace

TEST_CASE("G.711 codes have the values of the recommendation's tables") {
  CHECK(int{decode_mu_law(0xFF)} == 0);
  CHECK(int{decode_mu_law(0x7F)} == 0);
  CHECK(int{decode_mu_law(0xFE)} == 8);
  CHECK(int{decode_mu_law(0x80)} == 32'124);
  CHECK(int{decode_mu_law(0x00)} == -32'124);
  CHECK(int{decode_mu_law(0x8F)} == 16'764);  // decoder output 4191 of table 2a
  CHECK(int{encode_mu_law(0)} == 0xFF);
  CHECK(int{encode_mu_law(32'767)} == 0x80);
  CHECK(int{encode_mu_law(-32'768)} == 0x00);
  CHECK(int{encode_mu_law(1'000)} == 0xCE);

  CHECK(int{decode_a_law(0xD5)} == 8);
  CHECK(int{decode_a_law(0x55)} == -8);
  CHECK(int{decode_a_law(0xAA)} == 32'256);
  CHECK(int{decode_a_law(0x2A)} == -32'256);
  CHECK(int{decode_a_law(0xC5)} == 264);  // the first of segment 1
  CHECK(int{encode_a_law(0)} == 0xD5);
  CHECK(int{encode_a_law(32'767)} == 0xAA);
  CHECK(int{encode_a_law(-32'768)} == 0x2A);
  CHECK(int{encode_a_law(1'000)} == 0xFA);
}

TEST_CASE("a decoded G.711 code, encoded again, decodes to the same sample") {
  for (const auto& law : laws) {
    INFO(law.name);
    std::set<int> values;
    for (int code = 0; code < 256; ++code) {
      const auto sample = law.decode(static_cast<std::uint8_t>(code));
      INFO("code " << code);
      CHECK(law.decode(law.encode(sample)) == sample);
      CHECK(std::abs(sample) <= law.largest);
      values.insert(sample);
    }
    CHECK(values.size() >= 255);  // mu-law has two zeros
  }
}

TEST_CASE("G.711 never makes a louder sample quieter, and errs by half a step at most") {
  for (const auto& law : laws) {
    INFO(law.name);
    int last = -40'000;
    int wrong = 0;
    for (int sample = -32'768; sample <= 32'767; ++sample) {
      const int heard = law.decode(law.encode(static_cast<std::int16_t>(sample)));
      if (heard < last) ++wrong;
      last = heard;
      // Steps grow with the segment: 1/16 of the segment's width, itself below the sample.
      const double step = law.smallest_step + std::abs(sample) / 16.0;
      const bool clipped = std::abs(sample) > law.largest;
      if (!clipped && std::abs(heard - sample) > step / 2 + 4) ++wrong;
      if (clipped && std::abs(heard) != law.largest) ++wrong;
    }
    CHECK(wrong == 0);
  }
}
