#include "actors/emotion/manner.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

speaking_manner manner_in(feeling one, float weight = 1) {
  feelings felt;
  felt[one] = weight;
  return manner_of(felt);
}

}  // namespace

TEST_CASE("who feels nothing in particular speaks as always") {
  CHECK(manner_of({}) == speaking_manner{1, 0ms, 1});
  CHECK(manner_in(feeling::confidence) == speaking_manner{1, 0ms, 1});
}

TEST_CASE(
    "joy and surprise quicken speech, concern and thought slow it down, by how strong they are") {
  CHECK(manner_in(feeling::joy).rate == Approx(1.08));
  CHECK(manner_in(feeling::joy, 0.5f).rate == Approx(1.04));
  CHECK(manner_in(feeling::surprise).rate > 1);
  CHECK(manner_in(feeling::concern).rate == Approx(0.9));
  CHECK(manner_in(feeling::thoughtfulness).rate < 1);
}

TEST_CASE("who is concerned or thinks pauses, and who is glad does not") {
  CHECK(manner_in(feeling::thoughtfulness).pause == 160ms);
  CHECK(manner_in(feeling::concern, 0.5f).pause == 60ms);
  CHECK(manner_in(feeling::joy).pause == 0ms);
  CHECK(manner_in(feeling::surprise).pause == 0ms);
}

TEST_CASE("joy and surprise are said lively, concern and thought evenly") {
  CHECK(manner_in(feeling::joy).liveliness == Approx(1.15));
  CHECK(manner_in(feeling::surprise).liveliness > 1);
  CHECK(manner_in(feeling::concern).liveliness == Approx(0.85));
  CHECK(manner_in(feeling::thoughtfulness).liveliness < 1);
}

TEST_CASE("no mix of feelings leaves the bounds of natural speech") {
  for (unsigned mix = 0; mix < 1u << feeling_count; ++mix) {
    feelings felt;
    for (std::size_t i = 0; i < feeling_count; ++i) felt.weights[i] = (mix >> i & 1u) ? 1.0f : 0.0f;
    const auto manner = manner_of(felt);
    INFO("mix " << mix);
    CHECK(manner.rate >= 0.9);
    CHECK(manner.rate <= 1.1);
    CHECK(manner.pause >= 0ms);
    CHECK(manner.pause <= 220ms);
    CHECK(manner.liveliness >= 0.8);
    CHECK(manner.liveliness <= 1.2);
  }
}
