#include "actors/conversation/tool_call_table.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {
const turn_id turn{{"c"}, {1}, 1};
}

TEST_CASE("pieces of several calls are put together, each with its own id and name") {
  tool_call_table table;
  REQUIRE(table.take({turn, 0, "a", "f", "{\"x\":"}));
  REQUIRE(table.take({turn, 1, "b", "g", ""}));
  REQUIRE(table.take({turn, 0, "", "", "1}"}));
  CHECK_FALSE(table.check());
  REQUIRE(table.take({turn, 1, "", "", "{}"}));
  CHECK(table.check());
  CHECK(table.calls() == std::vector<tool_call>{{"a", "f", "{\"x\":1}"}, {"b", "g", "{}"}});
}

TEST_CASE("arguments of a call that never began are an error") {
  tool_call_table table;
  CHECK(table.take({turn, 0, "", "", "{}"}).assume_error().code == errc::failed);
  CHECK(table.take({turn, 1, "b", "g", "{}"}).assume_error().code == errc::failed);
  CHECK(table.calls().empty());
}

TEST_CASE("arguments that are no whole JSON object are an error with the function's name") {
  for (const auto* text : {"", "{\"x\":", "[1]", "{} {}", "nonsense"}) {
    tool_call_table table;
    REQUIRE(table.take({turn, 0, "a", "get_weather", text}));
    const auto checked = table.check();
    REQUIRE_FALSE(checked);
    CHECK(checked.assume_error().message.find("get_weather") != std::string::npos);
  }
}

TEST_CASE("calls and arguments without end are cut off") {
  tool_call_table many;
  for (std::uint32_t i = 0; i < tool_call_table::calls_max; ++i) {
    REQUIRE(many.take({turn, i, "a", "f", "{}"}));
  }
  CHECK_FALSE(many.take({turn, tool_call_table::calls_max, "a", "f", "{}"}));
  tool_call_table endless;
  REQUIRE(
      endless.take({turn, 0, "a", "f", std::string(tool_call_table::arguments_bytes_max, '[')}));
  CHECK_FALSE(endless.take({turn, 0, "", "", "["}));
}

TEST_CASE("ids of calls differ between the turns and calls of a conversation") {
  const turn_id next{{"c"}, {1}, 2};
  const turn_id restored{{"c"}, {2}, 1};
  CHECK_FALSE(make_call_id(turn, 0) == make_call_id(turn, 1));
  CHECK_FALSE(make_call_id(turn, 0) == make_call_id(next, 0));
  CHECK_FALSE(make_call_id(turn, 0) == make_call_id(restored, 0));
}
