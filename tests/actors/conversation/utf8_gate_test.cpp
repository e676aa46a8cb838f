#include "actors/conversation/utf8_gate.hpp"

#include <catch2/catch.hpp>

TEST_CASE("a code point leaves only when it is whole") {
  dhr::utf8_gate gate;
  CHECK(gate.push("na\xC3") == "na");
  CHECK(gate.push("\xAFve \xF0\x9F") == "\xC3\xAFve ");
  CHECK(gate.push("\x98").empty());
  CHECK(gate.push("\x80!") == "\xF0\x9F\x98\x80!");
  CHECK(gate.finish().empty());
}

TEST_CASE("bytes that are no UTF-8 become replacement characters and nothing else is lost") {
  dhr::utf8_gate gate;
  CHECK(gate.push("a\xFF"
                  "b") ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(gate.push("\xC3"
                  "c") ==
        "\xEF\xBF\xBD"
        "c");
  CHECK(gate.push("\xED\xA0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(gate.push("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(gate.push("\xE2\x82").empty());
  CHECK(gate.finish() == "\xEF\xBF\xBD");
}
