#include "actors/ears/transcription_rules.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

TEST_CASE("a transcription that tells no languages understands any") {
  CHECK(understands({}, ""));
  CHECK(understands({}, "de"));
}

TEST_CASE("a known language is understood however it is written, another one is not") {
  for (const auto* hint : {"", "en", "EN", "en-US", "en_GB", "English"}) {
    INFO(hint);
    CHECK(understands({"en"}, hint));
  }
  for (const auto* hint : {"de", "de-DE", "German", "e", "enx"}) {
    INFO(hint);
    CHECK_FALSE(understands({"en"}, hint));
  }
  CHECK(understands({"en", "de"}, "de-AT"));
}
