#include "actors/session/item_log.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {
conversation_item item(std::string id, std::string text = "x", item_role role = item_role::user) {
  return {std::move(id), role, item_status::completed, std::move(text), false};
}
}  // namespace

TEST_CASE("items go to the end, to the root or after a named one") {
  item_log log;
  CHECK(log.insert(item("b"), "").assume_value().empty());
  CHECK(log.insert(item("d"), "").assume_value() == "b");
  CHECK(log.insert(item("a"), "root").assume_value().empty());
  CHECK(log.insert(item("c"), "b").assume_value() == "b");
  std::string order;
  for (const auto& entry : log.items()) order += entry.id;
  CHECK(order == "abcd");
  CHECK(log.last_id() == "d");
}

TEST_CASE("an id that is taken and an unknown predecessor are refused and change nothing") {
  item_log log;
  REQUIRE(log.insert(item("a"), ""));
  const auto twice = log.insert(item("a"), "");
  REQUIRE_FALSE(twice);
  CHECK(twice.assume_error().code == errc::invalid_argument);
  const auto nowhere = log.insert(item("b"), "z");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.assume_error().where == "previous_item_id");
  CHECK(log.items().size() == 1);
}

TEST_CASE("a full log refuses with overloaded") {
  item_log log{1};
  REQUIRE(log.insert(item("a"), ""));
  const auto refused = log.insert(item("b"), "");
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::overloaded);
}

TEST_CASE("the model is told the items that hold text, in their order") {
  item_log log;
  REQUIRE(log.insert(item("a", "Hello"), ""));
  REQUIRE(log.insert(item("b", "", item_role::assistant), ""));
  REQUIRE(log.insert(item("c", "Hi.", item_role::assistant), ""));
  CHECK(log.messages() == std::vector<chat_message>{{"user", "Hello"}, {"assistant", "Hi."}});
  REQUIRE(log.erase("a"));
  CHECK(log.find("a") == nullptr);
  CHECK_FALSE(log.erase("a"));
}
