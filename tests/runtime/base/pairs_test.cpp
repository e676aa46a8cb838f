#include "runtime/base/pairs.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using pairs = std::map<std::string, std::string>;

TEST_CASE("a list is read as people write it") {
  using list = std::vector<std::string>;
  CHECK(parse_list("").empty());
  CHECK(parse_list("a:1") == list{"a:1"});
  CHECK(parse_list(" a:1,b:2 , c:3") == list{"a:1", "b:2", "c:3"});
  CHECK(parse_list("a,,b,") == list{"a", "", "b", ""});
}

TEST_CASE("labels are read as people write them") {
  CHECK(parse_pairs("") == pairs{});
  CHECK(parse_pairs("gpu=a100") == pairs{{"gpu", "a100"}});
  CHECK(parse_pairs("gpu=a100, disk=a=b ,tier=") ==
        pairs{{"gpu", "a100"}, {"disk", "a=b"}, {"tier", ""}});
}

TEST_CASE("what is no pair, and a key that comes twice, is no list of labels") {
  for (const auto* wrong : {"gpu", "=a", "a=b,,c=d", "a=b,gpu", "a=b,a=c", " "}) {
    INFO(wrong);
    CHECK_FALSE(parse_pairs(wrong));
  }
}
