#include "net/door/access.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace dhr::door;

namespace {

const std::string shop_key = "shop-key-0123456789";
const std::string spare_key = "spare-key-0123456789";

access_policy with_keys(std::string_view origins = {}) {
  auto keys = read_keys("shop:" + shop_key + ", " + spare_key);
  REQUIRE(keys);
  return {std::move(keys).assume_value(), origins};
}

access_policy open_house(std::string_view origins = {}) { return {{}, origins}; }

knock plain_knock() {
  knock asked;
  asked.target = "/v1/realtime";
  asked.host = "localhost:8080";
  asked.from_loopback = true;
  return asked;
}

int status_of(const admitted<visitor>& outcome) {
  return outcome ? 200 : outcome.assume_error().status;
}

}  // namespace

TEST_CASE("keys are read with and without names, from commas and lines") {
  const auto keys = read_keys(
      "shop:0123456789abcdef, 0123456789ABCDEF\n# a comment, with a comma\n"
      "\n  car : 00000000000000000  # the blue one\n");
  CHECK_FALSE(keys);  // a blank inside of an entry
  const auto right = read_keys(
      "shop:0123456789abcdef, 0123456789ABCDEF\n# a comment, with a comma\n\n"
      "  car:a:b-0000000000000  # the blue one\r\n");
  REQUIRE(right);
  const auto& list = right.assume_value();
  REQUIRE(list.size() == 3);
  CHECK(list[0].name == "shop");
  CHECK(list[1].name == "key-2");
  CHECK(list[2].name == "car");
  CHECK(read_keys(""));
  CHECK(read_keys(" \n,\n").assume_value().empty());
}

TEST_CASE("a list with a wrong key is refused by its place and without its text") {
  for (const std::string list :
       {"0123456789abcdef,tooshort", "a:0123456789abcdef,a:0123456789ABCDEF",
        "0123456789abcdef\n:0123456789ABCDEF"}) {
    const auto keys = read_keys(list);
    INFO(list);
    REQUIRE_FALSE(keys);
    CHECK(keys.assume_error().message.find("key 2") != std::string::npos);
    CHECK(keys.assume_error().message.find("tooshort") == std::string::npos);
    CHECK(keys.assume_error().message.find("ABCDEF") == std::string::npos);
  }
}

TEST_CASE("without keys everybody comes in, on every path") {
  for (const auto path : {openness::everyone, openness::loopback, openness::keyed}) {
    auto asked = plain_knock();
    CHECK(status_of(open_house().judge(asked, path)) == 200);
    asked.authorization = "Bearer whatever-it-may-be";
    asked.from_loopback = false;
    CHECK(status_of(open_house().judge(asked, path)) == 200);
  }
}

TEST_CASE("a key is found wherever clients put it") {
  const auto policy = with_keys();
  const auto bearer = "Bearer " + shop_key;
  const auto lower_case = "bearer  " + shop_key + " ";
  const auto subprotocol =
      "realtime, openai-insecure-api-key." + shop_key + ", openai-beta.realtime-v1";
  const auto dashed = "/v1/realtime?model=x&api-key=" + shop_key;
  const auto underscored = "/v1/realtime?api_key=" + shop_key;
  const auto short_one = "/v1/realtime?key=" + shop_key + "&x";
  const auto escaped = "/v1/realtime?key=shop%2Dkey%2D0123456789";
  std::vector<knock> knocks(8, plain_knock());
  knocks[0].authorization = bearer;
  knocks[1].authorization = lower_case;
  knocks[2].api_key = shop_key;
  knocks[3].subprotocols = subprotocol;
  knocks[4].target = dashed;
  knocks[5].target = underscored;
  knocks[6].target = short_one;
  knocks[7].target = escaped;
  for (std::size_t i = 0; i < knocks.size(); ++i) {
    INFO(i);
    const auto outcome = policy.judge(knocks[i], openness::keyed);
    REQUIRE(outcome);
    REQUIRE(outcome.assume_value().key);
    CHECK(policy.keys()[*outcome.assume_value().key].name == "shop");
  }
}

TEST_CASE("a wrong, a shortened, a lengthened and no key are refused by 401, and not repeated") {
  const auto policy = with_keys();
  for (const auto& key : {std::string{"wrong-key-0123456789"}, shop_key.substr(1),
                          shop_key.substr(0, shop_key.size() - 1), shop_key + "0",
                          "shop:" + shop_key, std::string{"shop"}, std::string{}}) {
    INFO(key);
    auto asked = plain_knock();
    const auto header = "Bearer " + key;
    asked.authorization = header;
    const auto outcome = policy.judge(asked, openness::keyed);
    REQUIRE(status_of(outcome) == 401);
    const auto& why = outcome.assume_error();
    CHECK(why.code == "invalid_api_key");
    if (!key.empty()) {
      CHECK(why.message.starts_with("Incorrect API key provided"));
      CHECK(why.message.find(key) == std::string::npos);
    } else {
      CHECK(why.message.starts_with("You didn't provide an API key"));
    }
  }
}

TEST_CASE("another scheme of authorization brings no key") {
  auto asked = plain_knock();
  const auto basic = "Basic " + shop_key;
  asked.authorization = basic;
  CHECK(status_of(with_keys().judge(asked, openness::keyed)) == 401);
}

TEST_CASE("with keys a path is open as far as it says") {
  const auto policy = with_keys();
  auto near = plain_knock();
  auto far = plain_knock();
  far.from_loopback = false;
  CHECK(status_of(policy.judge(near, openness::everyone)) == 200);
  CHECK(status_of(policy.judge(far, openness::everyone)) == 200);
  CHECK(status_of(policy.judge(near, openness::loopback)) == 200);
  CHECK(status_of(policy.judge(far, openness::loopback)) == 401);
  CHECK(status_of(policy.judge(near, openness::keyed)) == 401);
  CHECK(status_of(policy.judge(far, openness::keyed)) == 401);
  const auto bearer = "Bearer " + spare_key;
  far.authorization = bearer;
  const auto outcome = policy.judge(far, openness::loopback);
  REQUIRE(outcome);
  CHECK(outcome.assume_value().key == std::optional<std::size_t>{1});
}

TEST_CASE("without keys pages of this machine and listed ones may connect, others may not") {
  const auto policy = open_house("https://dhr.example, http://10.0.0.7:81");
  auto asked = plain_knock();
  for (const auto* origin : {"", "http://localhost:8000", "https://127.0.0.1:8000", "http://[::1]",
                             "http://127.8.9.1", "http://app.localhost:3000", "https://dhr.example",
                             "https://DHR.example", "http://10.0.0.7:81"}) {
    INFO(origin);
    asked.origin = origin;
    CHECK(status_of(policy.judge(asked, openness::keyed)) == 200);
  }
  for (const auto* origin :
       {"https://evil.example", "null", "https://localhost.evil.example",
        "http://127.0.0.1.evil.example", "http://127.evil.a.b", "https://dhr.example:444",
        "http://dhr.example", "file://localhost", "http://10.0.0.7",
        "https://evil.example#localhost", "http://localhost@evil.example"}) {
    INFO(origin);
    asked.origin = origin;
    const auto outcome = policy.judge(asked, openness::keyed);
    CHECK(status_of(outcome) == 403);
  }
}

TEST_CASE("a page that has the server's own name may connect only where keys are asked for") {
  auto asked = plain_knock();
  const auto bearer = "Bearer " + shop_key;
  asked.authorization = bearer;
  asked.host = "dhr.example:8080";
  asked.origin = "https://dhr.example";
  CHECK(status_of(with_keys().judge(asked, openness::keyed)) == 200);
  CHECK(status_of(open_house().judge(asked, openness::keyed)) == 403);
  asked.host = "other.example";
  CHECK(status_of(with_keys().judge(asked, openness::keyed)) == 403);
  CHECK(status_of(with_keys("https://dhr.example").judge(asked, openness::keyed)) == 200);
}

TEST_CASE("a right key does not help a page that may not connect") {
  auto asked = plain_knock();
  const auto bearer = "Bearer " + shop_key;
  asked.authorization = bearer;
  asked.origin = "https://evil.example";
  CHECK(status_of(with_keys().judge(asked, openness::keyed)) == 403);
}

TEST_CASE("plain text where TLS is required is refused before anything else") {
  auto asked = plain_knock();
  asked.lacks_tls = true;
  const auto outcome = open_house().judge(asked, openness::everyone);
  REQUIRE(status_of(outcome) == 403);
  CHECK(outcome.assume_error().code == "tls_required");
}
