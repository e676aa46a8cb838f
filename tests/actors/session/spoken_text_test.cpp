#include "actors/session/spoken_text.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

// "One two." at 0 to 1000, " Three, four" at 1000 to 2000, each word 400 long after a gap of 50.
spoken_text two_clauses() {
  spoken_text text;
  text.add("One two.", 0, 1'000, {{"One", 50, 450}, {"two.", 500, 900}});
  text.add(" Three, four", 1'000, 1'000, {{"Three", 50, 450}, {"four", 500, 900}});
  return text;
}

}  // namespace

TEST_CASE("what was heard and what was not make the whole text") {
  const auto text = two_clauses();
  for (std::int64_t at = 0; at <= 2'000; at += 50) {
    const auto parts = text.cut(at);
    auto all = parts.heard;
    for (const auto& rest : parts.rest) all += rest;
    CHECK(all == "One two. Three, four");
  }
}

TEST_CASE("an answer is cut behind the word of which at least half was heard, with its marks") {
  const auto text = two_clauses();
  CHECK(text.cut(0).heard.empty());
  CHECK(text.cut(250).heard.empty());
  CHECK(text.cut(251).heard == "One");
  CHECK(text.cut(999).heard == "One two.");
  CHECK(text.cut(1'300).heard == "One two. Three,");
  CHECK(text.cut(1'300).rest == std::vector<std::string>{" four"});
  CHECK(text.cut(2'000).rest.empty());
}

TEST_CASE("clauses that were not begun stay whole") {
  CHECK(two_clauses().cut(0).rest == std::vector<std::string>{"One two.", " Three, four"});
  CHECK(two_clauses().samples() == 2'000);
}

TEST_CASE("a word that is written otherwise than it is spoken does not cut the text too early") {
  spoken_text text;
  text.add("It is $5 now", 0, 1'000, {{"It", 0, 200}, {"five", 200, 500}, {"now", 600, 900}});
  CHECK(text.cut(500).heard == "It");
  CHECK(text.cut(800).heard == "It is $5 now");
}
