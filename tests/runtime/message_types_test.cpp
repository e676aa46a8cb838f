// What the types_hash of a node's hello is made of.

#include "runtime/message_types.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runtime/system_config.hpp"
#include "runtime/wire_structure.hpp"

using namespace dhr;

namespace {

template <class T>
std::string described() {
  wire::structure_book book;
  wire::structure_recorder recorder{book};
  recorder.describe_type<T>();
  std::string text = recorder.text();
  for (const auto& [name, fields] : book.lines) text += "; " + name + ": " + fields;
  return text;
}

struct point {
  std::int32_t x = 0;
  std::int32_t y = 0;
};
struct with_more {
  std::int32_t x = 0;
  std::int32_t y = 0;
  std::vector<point> path;
  std::optional<point> goal;
  std::variant<std::string, point> label;
  double weight = 0;
  std::map<std::string, std::uint64_t> counts;
  milliseconds wait{0};
  errc code{};
};
struct turned {
  std::int32_t x = 0;
  std::int32_t y = 0;
};
struct tree {
  std::vector<tree> children;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, point& p) {
  return f(caf::meta::type_name("point"), p.x, p.y);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, with_more& p) {
  return f(caf::meta::type_name("more"), p.x, p.y, p.path, wire::maybe(p.goal),
           wire::one_of(p.label), wire::bits(p.weight), p.counts, p.wait, p.code);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, turned& p) {
  return f(caf::meta::type_name("point"), p.y, p.x);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, tree& t) {
  return f(caf::meta::type_name("tree"), t.children);
}

const std::filesystem::path kept{DHR_SOURCE_DIR "/tests/runtime/wire_types.txt"};

}  // namespace

TEST_CASE("a type is written down by its fields, though lists and optionals are empty") {
  CHECK(described<point>() == "point; point: i32 i32");
  CHECK(described<with_more>() ==
        "more; more: i32 i32 list<point> optional<point> one of<string, point> u64 "
        "map<string, u64> duration in 1/1000 s as i64 enum u8; point: i32 i32");
  CHECK(described<tree>() == "tree; tree: list<tree>");
}

TEST_CASE("fields of one kind that change places are seen") {
  CHECK(described<turned>() == "point; point: i32 i32 in the order 1 0");
}

TEST_CASE("a field more, a field less, another name or another version is another hash") {
  const std::string listing = "message dhr::hello: node_facts\nnode_facts: string u64\n";
  const auto hash = types_hash(listing, 1);
  CHECK(types_hash(listing, 1) == hash);
  CHECK(types_hash(listing, 2) != hash);
  CHECK(types_hash("message dhr::hello: node_facts\nnode_facts: string u64 u64\n", 1) != hash);
  CHECK(types_hash("message dhr::hello: node_facts\nnode_facts: string\n", 1) != hash);
  CHECK(types_hash("message dhr::hallo: node_facts\nnode_facts: string u64\n", 1) != hash);
}

TEST_CASE("every message that the system knows is written down") {
  const auto listing = message_listing();
  const system_config settings{config{}};
  std::size_t known = 0;
  for (const auto& [name, make] : settings.value_factories_by_name) {
    if (!name.starts_with("dhr::")) continue;
    INFO(name << " is registered in system_config.hpp: name its block in message_types.cpp too");
    CHECK(listing.find("message " + name + ": ") != std::string::npos);
    ++known;
  }
  CHECK(known > 50);
}

TEST_CASE("the messages between nodes are those of tests/runtime/wire_types.txt") {
  std::ostringstream text;
  text << std::ifstream{kept}.rdbuf();
  const auto listing = message_listing();
  const auto now = std::filesystem::temp_directory_path() / "wire_types.txt";
  if (listing != text.str()) std::ofstream{now} << listing;
  INFO(
      "The messages have changed, so that nodes of this build and of the last one do not talk. If "
      "that is wanted, copy "
      << now << " over " << kept
      << " and say in CHANGELOG.md that all nodes are to be upgraded together. If a message's "
         "meaning has changed and this listing has not, raise wire_version.");
  CHECK(listing == text.str());
}
