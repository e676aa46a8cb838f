#include "actors/emotion/readable.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace dhr;

TEST_CASE("a text of usual length is read as it is") {
  CHECK(readable("").empty());
  CHECK(readable("I lost my job.") == "I lost my job.");
  const std::string full(readable_bytes_max, 'x');
  CHECK(readable(full) == full);
}

TEST_CASE("of a long text the beginning is read, and no half of a code point") {
  CHECK(readable(std::string(5'000, 'x')).size() == readable_bytes_max);
  for (const std::string point : {"é", "€", "😀"}) {
    for (const std::size_t before : {0u, 1u, 2u, 3u}) {
      std::string text(before, 'x');
      while (text.size() <= 2'000) text += point;
      const auto read = readable(text);
      CHECK(read.size() <= readable_bytes_max);
      CHECK(read.size() > readable_bytes_max - point.size());
      CHECK((read.size() - before) % point.size() == 0);
    }
  }
}

TEST_CASE("of bytes that are no text at all nothing is read past the bound") {
  CHECK(readable(std::string(2'000, '\x80')).empty());
}
