#include "net/realtime/base64.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "net/realtime/json_text.hpp"

using namespace dhr::realtime;

TEST_CASE("what was written as base64 is read back, whatever its length") {
  std::mt19937 random{7};
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    std::string text;
    append_base64(text, bytes);
    CHECK(decode_base64(std::string_view{text}.substr(1, text.size() - 2)) == bytes);
  }
}

TEST_CASE("what RFC 4648 does not allow is not read") {
  const auto text = GENERATE("A", "AA", "AAA", "AA=", "A===", "====", "AA==AAAA", "AA=A", " AAA",
                             "AAA\n", "AAAA\n", "AA-_", "AB==", "AAB=", "AAA\xc3\xa9");
  CHECK_FALSE(decode_base64(text));
}
