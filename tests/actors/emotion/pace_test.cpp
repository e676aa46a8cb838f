#include "actors/emotion/pace.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

double pace_in(feeling one, float weight = 1) {
  feelings felt;
  felt[one] = weight;
  return pace_of(felt);
}

}  // namespace

TEST_CASE("who feels nothing in particular speaks as always") {
  CHECK(pace_of({}) == 1.0);
  CHECK(pace_in(feeling::confidence) == 1.0);
}

TEST_CASE(
    "joy and surprise quicken speech, concern and thought slow it down, by how strong they are") {
  CHECK(pace_in(feeling::joy) == Approx(1.08));
  CHECK(pace_in(feeling::joy, 0.5f) == Approx(1.04));
  CHECK(pace_in(feeling::surprise) > 1);
  CHECK(pace_in(feeling::concern) == Approx(0.9));
  CHECK(pace_in(feeling::thoughtfulness) < 1);
}

TEST_CASE("several feelings at once do not hurry or drag") {
  feelings lively;
  lively[feeling::joy] = lively[feeling::surprise] = 1;
  CHECK(pace_of(lively) == Approx(1.12));
  feelings heavy;
  heavy[feeling::concern] = heavy[feeling::thoughtfulness] = 1;
  CHECK(pace_of(heavy) == Approx(0.88));
}
