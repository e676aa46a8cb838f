#include "net/http/retry_ids.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace dhr;
using namespace dhr::http;

TEST_CASE("every attempt makes the same ids, which may be ids and tell nothing of the key") {
  const auto conversation = retry_conversation("key_a", "my secret key");
  CHECK(conversation == retry_conversation("key_a", "my secret key"));
  CHECK(is_valid_id(conversation.value));
  CHECK(conversation.value.find("secret") == std::string::npos);
  const auto item = retry_item(conversation, "my secret key", "text");
  CHECK(item == retry_item(conversation, "my secret key", "text"));
  CHECK(is_valid_id(item));
}

TEST_CASE("other owners, keys, conversations and steps have other ids") {
  std::set<std::string> made;
  // The parts do not run into each other.
  for (const auto& [owner, key] : {std::pair{"a", "bc"}, {"ab", "c"}, {"", "abc"}, {"a", "b"}}) {
    made.insert(retry_conversation(owner, key).value);
  }
  CHECK(made.size() == 4);
  made.clear();
  made.insert(retry_item({"conv_1"}, "k", "text"));
  made.insert(retry_item({"conv_1"}, "k", "sound"));
  made.insert(retry_item({"conv_1"}, "l", "text"));
  made.insert(retry_item({"conv_2"}, "k", "text"));
  CHECK(made.size() == 4);
}
