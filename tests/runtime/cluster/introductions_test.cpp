#include "runtime/cluster/introductions.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

node_facts node(const std::string& name, std::uint64_t types_hash, const std::string& build = "1") {
  return {{{name}, {5}}, "host:1", build, types_hash, {}, {}};
}

}  // namespace

TEST_CASE("nodes with the same messages talk, whatever their builds are called") {
  CHECK_FALSE(refusal_of(node("anna", 7, "1"), node("bert", 7, "2")));
}

TEST_CASE("nodes with other messages do not talk, and the reason names both and their builds") {
  const auto reason = refusal_of(node("anna", 7, "1.4"), node("bert", 8, "1.5"));
  REQUIRE(reason);
  CHECK(reason->code == errc::invalid_argument);
  for (const auto* word : {"anna", "bert", "version 1.4", "version 1.5"}) {
    CHECK(reason->message.find(word) != std::string::npos);
  }
}

TEST_CASE("two nodes of one name do not talk") {
  const auto reason = refusal_of(node("anna", 7), node("anna", 7));
  REQUIRE(reason);
  CHECK(reason->message == "two nodes are named anna");
}

TEST_CASE("why somebody else was found keeps its code, so that a caller can tell trouble from it") {
  const auto reason = false_caller(node("anna", 7), {errc::unavailable, "nothing answers", {}, {}});
  CHECK(reason.code == errc::unavailable);
  CHECK(reason.message.find("node anna, and at that node's address nothing answers") !=
        std::string::npos);
}
