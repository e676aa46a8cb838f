#include "net/client/sse_parser.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {
using texts = std::vector<std::string>;
}

TEST_CASE("events come out whole however the bytes are cut") {
  const std::string stream =
      "data: one\n\n: a comment\ndata:two\r\n\r\nevent: x\ndata: a\ndata: b\n\n";
  const texts expected{"one", "two", "a\nb"};
  for (std::size_t size = 1; size <= stream.size(); ++size) {
    sse_parser parser;
    texts events;
    for (std::size_t at = 0; at < stream.size(); at += size) {
      for (auto& event : parser.push(std::string_view{stream}.substr(at, size))) {
        events.push_back(std::move(event));
      }
    }
    CHECK(events == expected);
  }
}

TEST_CASE("an event without data is none and one that is not ended waits") {
  sse_parser parser;
  CHECK(parser.push("event: ping\n\ndata: half").empty());
  CHECK(parser.push("\n").empty());
  CHECK(parser.push("\n") == texts{"half"});
}

TEST_CASE("an event past the bound is not kept") {
  sse_parser parser{100};
  CHECK(parser.push("data: " + std::string(200, 'x')).empty());
  CHECK(parser.overflowed());
  CHECK(parser.push("\n\ndata: later\n\n").empty());
}
