#include "net/realtime/json_text.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <span>

#include "actors/avatar/types.hpp"
#include "runtime/base/shared_bytes.hpp"

using namespace dhr;
using namespace dhr::realtime;

namespace {

std::string decimal(double value) {
  std::string out;
  append_decimal(out, value);
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out = "x";
  append_base64(out, bytes);
  return out;
}

}  // namespace

TEST_CASE("decimals have at most four places and no trailing zeros") {
  const auto [value, text] = GENERATE(table<double, std::string>({
      {0.0, "0"},
      {-0.0, "0"},
      {1.0, "1"},
      {0.5, "0.5"},
      {0.1234, "0.1234"},
      {0.12344, "0.1234"},
      {0.12346, "0.1235"},
      {0.0001, "0.0001"},
      {0.00004, "0"},
      {-0.25, "-0.25"},
      {0.99996, "1"},
      {0.101, "0.101"},
      {12345.678, "12345.678"},
  }));
  CHECK(decimal(value) == text);
}

TEST_CASE("a number that JSON does not know becomes zero and a huge one stays a number") {
  CHECK(decimal(std::nan("")) == "0");
  CHECK(decimal(std::numeric_limits<double>::infinity()) == "0");
  CHECK(boost::json::parse(decimal(1e300)).is_number());
  CHECK(boost::json::parse(decimal(-1e300)).is_number());
}

TEST_CASE("base64 pads as RFC 4648 says and leaves what was before it") {
  CHECK(base64("") == "x\"\"");
  CHECK(base64("f") == "x\"Zg==\"");
  CHECK(base64("fo") == "x\"Zm8=\"");
  CHECK(base64("foo") == "x\"Zm9v\"");
  CHECK(base64(std::string_view{"\0\xff\x10", 3}) == "x\"AP8Q\"");
}

TEST_CASE("any text survives being written as a JSON string") {
  std::string text = "quote \" backslash \\ slash / é 漢 \xf0\x9f\x98\x80";
  for (char c = 0; c < 0x20; ++c) text += c;
  std::string out;
  append_string(out, text);
  CHECK(boost::json::parse(out).get_string() == text);
}

TEST_CASE("frames are written as rows of 52 weights, and their heads apart") {
  std::vector<face_frame> frames(2);
  frames[0][blendshape::jawOpen] = 0.25F;
  frames[1][blendshape::tongueOut] = 1.0F;
  frames[1].head = {-0.5F, 0.125F, 0.0F};
  const auto bytes = shared_bytes::of(std::span<const face_frame>{frames});
  std::string weights;
  std::string heads;
  append_weights(weights, bytes.view());
  append_heads(heads, bytes.view());
  const auto rows = boost::json::parse(weights).as_array();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].as_array().size() == blendshape_count);
  CHECK(rows[0].as_array()[static_cast<std::size_t>(blendshape::jawOpen)] == 0.25);
  CHECK(rows[1].as_array()[51].to_number<double>() == 1.0);
  CHECK(heads == "[[0,0,0],[-0.5,0.125,0]]");
  weights.clear();
  append_weights(weights, {});
  CHECK(weights == "[]");
}
