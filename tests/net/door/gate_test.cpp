#include "net/door/gate.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "runtime/base/ids.hpp"

using namespace dhr;
using namespace dhr::door;
using namespace std::chrono_literals;

namespace {

const std::string shop_key = "shop-key-0123456789";
const std::string car_key = "car-key-01234567890";

settings::access two_keys() {
  settings::access settings;
  settings.keys.value = "shop:" + shop_key + ",car:" + car_key;
  settings.connections_max = 2;
  settings.turns_per_minute = 3;
  settings.audio_bytes_per_minute = 1'000;
  return settings;
}

std::shared_ptr<gate> gate_of(const settings::access& settings) {
  auto made = gate::make(settings);
  REQUIRE(made);
  return std::move(made).assume_value();
}

admitted<std::shared_ptr<admission>> enter(const gate& at, const std::string& key) {
  knock asked;
  asked.target = "/v1/realtime";
  asked.api_key = key;
  return at.enter(asked);
}

}  // namespace

TEST_CASE("a key may have so many connections and gets room back when one ends") {
  const auto at = gate_of(two_keys());
  auto first = enter(*at, shop_key);
  auto second = enter(*at, shop_key);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first.assume_value()->key_name() == "shop");
  const auto third = enter(*at, shop_key);
  REQUIRE_FALSE(third);
  CHECK(third.assume_error().status == 429);
  CHECK(third.assume_error().retry_after);
  CHECK(third.assume_error().message.find(shop_key) == std::string::npos);
  CHECK(enter(*at, car_key));
  first = enter(*at, "wrong-key-0123456789");  // the first connection ends
  CHECK(first.assume_error().status == 401);
  CHECK(enter(*at, shop_key));
}

TEST_CASE("single requests take no connection's place") {
  const auto at = gate_of(two_keys());
  knock asked;
  asked.api_key = shop_key;
  std::vector<std::shared_ptr<admission>> visits;
  for (int i = 0; i < 5; ++i) {
    auto visit = at->visit(asked, openness::keyed);
    REQUIRE(visit);
    visits.push_back(std::move(visit).assume_value());
  }
  CHECK(enter(*at, shop_key));
}

TEST_CASE("all connections of a key draw on one minute, another key has its own") {
  const auto at = gate_of(two_keys());
  const auto first = enter(*at, shop_key).assume_value();
  const auto second = enter(*at, shop_key).assume_value();
  const auto other = enter(*at, car_key).assume_value();
  const mono_time now{1s};
  CHECK(first->turn_begins(now));
  CHECK(second->turn_begins(now));
  CHECK(first->turn_begins(now));
  CHECK_FALSE(first->turn_begins(now));
  CHECK_FALSE(second->turn_begins(now));
  CHECK(other->turn_begins(now));
  CHECK(second->audio_received(1'000, now));
  CHECK_FALSE(first->audio_received(1, now));
  REQUIRE(first->rate_limits(now).size() == 2);
  CHECK(first->rate_limits(now) == second->rate_limits(now));
  CHECK(first->rate_limits(now)[0].remaining == 0);
  CHECK(other->rate_limits(now)[0].remaining == 2);
}

TEST_CASE("who needs no key has no limits and no name") {
  const auto at = gate::without_keys();
  CHECK(at->keys() == 0);
  std::vector<std::shared_ptr<admission>> all;
  for (int i = 0; i < 200; ++i) all.push_back(enter(*at, "").assume_value());
  CHECK(all[0]->key_name().empty());
  CHECK(all[0]->rate_limits(mono_time{}).empty());
  for (int i = 0; i < 2'000; ++i) CHECK(all[0]->turn_begins(mono_time{}));
}

TEST_CASE("keys of a file count like the others") {
  const auto file = std::filesystem::temp_directory_path() / make_random_id("dhr_keys_");
  std::ofstream{file} << "# ours\nboat:boat-key-0123456789\n";
  auto settings = two_keys();
  settings.keys_file = file.string();
  const auto at = gate_of(settings);
  CHECK(at->keys() > 0);
  CHECK(enter(*at, "boat-key-0123456789").assume_value()->key_name() == "boat");
  CHECK(enter(*at, shop_key));

  std::ofstream{file} << "# none\n";
  settings.keys.value = "";
  CHECK_FALSE(gate::make(settings));
  std::ofstream{file} << "boat:short\n";
  CHECK_FALSE(gate::make(settings));
  std::filesystem::remove(file);
  const auto missing = gate::make(settings);
  REQUIRE_FALSE(missing);
  CHECK(missing.assume_error().code == errc::unavailable);
}

TEST_CASE("keys that are read anew let new clients in and out, and who came in stays") {
  const auto path = std::filesystem::temp_directory_path() / make_random_id("dhr_keys_");
  std::ofstream{path} << "shop:" << shop_key << "\ncar:" << car_key << '\n';
  settings::access settings;
  settings.keys_file = path;
  settings.connections_max = 1;
  const auto at = gate_of(settings);
  const auto shop = enter(*at, shop_key);
  const auto car = enter(*at, car_key);
  REQUIRE(shop);
  const std::string new_key = "new-key-01234567890";
  std::ofstream{path} << "shop:" << shop_key << "\nnew:" << new_key << '\n';
  CHECK(enter(*at, new_key).assume_error().status == 401);
  REQUIRE(at->reload());
  CHECK(at->keys() == 2);
  CHECK(enter(*at, new_key));
  CHECK(enter(*at, car_key).assume_error().status == 401);
  CHECK(enter(*at, shop_key).assume_error().status == 429);  // the connection of before counts
  CHECK(car.assume_value()->turn_begins({}));

  std::ofstream{path} << "short\n";
  const auto broken = at->reload();
  REQUIRE_FALSE(broken);
  CHECK(broken.assume_error().code == errc::invalid_argument);
  CHECK(enter(*at, new_key));
  std::filesystem::remove(path);
  CHECK(at->reload().assume_error().code == errc::unavailable);
  CHECK(enter(*at, new_key));
}
