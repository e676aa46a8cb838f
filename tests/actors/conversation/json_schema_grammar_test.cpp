#include "actors/conversation/json_schema_grammar.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/conversation/gbnf_matcher.hpp"

namespace {

using dhr::errc;
using dhr::json_schema_grammar;

bool takes(const std::string& schema, std::string_view text) {
  const auto rules = json_schema_grammar(schema, "arguments");
  REQUIRE(rules);
  const std::string all = rules.assume_value() + std::string{dhr::json_grammar_rules()};
  return dhr::test::gbnf_matcher{all}.matches("arguments", text);
}

// One property "x" of that schema.
bool takes_value(const std::string& schema, const std::string& value) {
  return takes(R"({"type":"object","properties":{"x":)" + schema + R"(},"required":["x"]})",
               "{\"x\": " + value + "}");
}

}  // namespace

TEST_CASE("a function without parameters takes an empty object and nothing else") {
  for (const auto* schema : {"", R"({"type":"object","properties":{}})"}) {
    CHECK(takes(schema, "{}"));
    CHECK_FALSE(takes(schema, R"({"a": 1})"));
  }
}

TEST_CASE("required properties come in the schema's order, optional ones may follow") {
  const std::string schema = R"({"type":"object","properties":{
      "unit":{"type":"string"},"city":{"type":"string"},"days":{"type":"integer"},
      "hot":{"type":"boolean"}},"required":["days","city"]})";
  CHECK(takes(schema, R"({"city": "Paris", "days": 3})"));
  CHECK(takes(schema, R"({"city": "Paris", "days": 3, "unit": "C", "hot": true})"));
  CHECK(takes(schema, R"({"city": "Paris", "days": 3, "hot": false})"));
  CHECK_FALSE(takes(schema, R"({"days": 3, "city": "Paris"})"));
  CHECK_FALSE(takes(schema, R"({"city": "Paris"})"));
  CHECK_FALSE(takes(schema, R"({"city": "Paris", "days": 3, "colour": "red"})"));
  CHECK_FALSE(takes(schema, R"({"city": "Paris", "days": 3, })"));
}

TEST_CASE("without required properties any of them may be first, and none is fine") {
  const std::string schema =
      R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}})";
  CHECK(takes(schema, "{}"));
  CHECK(takes(schema, R"({"a": 1})"));
  CHECK(takes(schema, R"({"b": 1})"));
  CHECK(takes(schema, R"({"a": 1, "b": 2})"));
  CHECK_FALSE(takes(schema, R"({"b": 1, "a": 2})"));
}

TEST_CASE("each type takes its own values and no others") {
  CHECK(takes_value(R"({"type":"string"})", R"("a \"quote\" ü")"));
  CHECK_FALSE(takes_value(R"({"type":"string"})", "\"a\nb\""));
  CHECK_FALSE(takes_value(R"({"type":"string"})", "1"));
  CHECK(takes_value(R"({"type":"integer"})", "-12"));
  CHECK_FALSE(takes_value(R"({"type":"integer"})", "1.5"));
  CHECK_FALSE(takes_value(R"({"type":"integer"})", "012"));
  CHECK(takes_value(R"({"type":"number"})", "0.25"));
  CHECK_FALSE(takes_value(R"({"type":"number"})", "\"1\""));
  CHECK(takes_value(R"({"type":"boolean"})", "false"));
  CHECK_FALSE(takes_value(R"({"type":"boolean"})", "null"));
  CHECK(takes_value(R"({"type":["string","null"]})", "null"));
  CHECK_FALSE(takes_value(R"({"type":["string","null"]})", "1"));
}

TEST_CASE("enum and const take what they list, whatever its type") {
  const std::string schema = R"({"enum":["celsius","a\"b",3,null]})";
  CHECK(takes_value(schema, R"("celsius")"));
  CHECK(takes_value(schema, R"("a\"b")"));
  CHECK(takes_value(schema, "3"));
  CHECK_FALSE(takes_value(schema, R"("kelvin")"));
  CHECK(takes_value(R"({"const":"yes"})", R"("yes")"));
  CHECK_FALSE(takes_value(R"({"const":"yes"})", R"("no")"));
}

TEST_CASE("arrays and objects nest") {
  const std::string schema = R"({"type":"array","items":{"type":"object",
      "properties":{"id":{"type":"integer"}},"required":["id"]}})";
  CHECK(takes_value(schema, "[]"));
  CHECK(takes_value(schema, R"([{"id": 1}, {"id": 2}])"));
  CHECK_FALSE(takes_value(schema, R"([{"id": "1"}])"));
  CHECK_FALSE(takes_value(schema, R"([{"id": 1},])"));
}

TEST_CASE("what the schema leaves open takes any JSON value") {
  for (const auto* schema :
       {"{}", "true", R"({"anyOf":[{"type":"string"}]})", R"({"type":"odd"})"}) {
    CHECK(takes_value(schema, R"({"a": [1, "b", null, true], "c": {}})"));
    CHECK_FALSE(takes_value(schema, "nonsense"));
  }
  CHECK(takes(R"({"type":"object"})", R"({"a": {"b": 1}})"));
  CHECK_FALSE(takes(R"({"type":"object"})", "[]"));
}

TEST_CASE("what is no JSON object and what is too large are errors") {
  CHECK(json_schema_grammar("[1]", "a").assume_error().code == errc::invalid_argument);
  CHECK(json_schema_grammar("{", "a").assume_error().code == errc::invalid_argument);
  std::string wide = R"({"type":"object","properties":{"p":{}})";
  for (int i = 0; i < 4'000; ++i)
    wide.insert(wide.size() - 1, ",\"p" + std::to_string(i) + "\":{}");
  CHECK(json_schema_grammar(wide + "}", "a").assume_error().code == errc::invalid_argument);
}

TEST_CASE("a schema that would multiply itself costs no more than the bound") {
  std::string deep = R"({"type":"string"})";
  for (int i = 0; i < 14; ++i) {
    deep = R"({"type":["array","array","array","array","array","array"],"items":)" + deep + "}";
  }
  const auto rules = json_schema_grammar(R"({"properties":{"x":)" + deep + "}}", "a");
  CHECK(rules.assume_error().code == errc::invalid_argument);
}
