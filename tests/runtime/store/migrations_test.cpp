#include "runtime/store/migrations.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "runtime/store/sqlite_store_adapter.hpp"
#include "tests/runtime/store/snapshots.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

constexpr migration first{"talks", "CREATE TABLE talks (id TEXT); INSERT INTO talks VALUES ('a')"};
constexpr migration second{"moods",
                           "ALTER TABLE talks ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'; "
                           "CREATE TABLE moods (name TEXT)"};
constexpr migration broken{"leases",
                           "CREATE TABLE leases (id TEXT); INSERT INTO nowhere VALUES (1)"};

sqlite::database empty_database() {
  return sqlite::database::open(":memory:", sqlite::open_mode::create, milliseconds{0}).value();
}

}  // namespace

TEST_CASE("a database takes the steps that it lacks and keeps its rows") {
  auto database = empty_database();
  REQUIRE(migrate(database, std::array{first}));
  CHECK(database.integer("PRAGMA user_version").value() == 1);
  REQUIRE(migrate(database, std::array{first, second}));
  CHECK(database.integer("PRAGMA user_version").value() == 2);
  CHECK(database.text("SELECT id || mood FROM talks").value() == "acalm");
  REQUIRE(migrate(database, std::array{first, second}));
  CHECK(database.integer("SELECT count(*) FROM talks").value() == 1);
}

TEST_CASE("a step that breaks off leaves nothing behind, and those before it stay") {
  auto database = empty_database();
  const auto done = migrate(database, std::array{first, broken});
  REQUIRE_FALSE(done);
  CHECK(done.error().message.find("step 2") != std::string::npos);
  CHECK(done.error().message.find("leases") != std::string::npos);
  CHECK(database.integer("PRAGMA user_version").value() == 1);
  CHECK(database.text("SELECT group_concat(name) FROM sqlite_master").value() == "talks");
  REQUIRE(migrate(database, std::array{first, second}));
  CHECK(database.integer("PRAGMA user_version").value() == 2);
}

TEST_CASE("a database of a later version than the program's is refused") {
  auto database = empty_database();
  REQUIRE(migrate(database, std::array{first, second}));
  const auto done = migrate(database, std::array{first});
  REQUIRE_FALSE(done);
  CHECK(done.error().code == errc::failed);
  CHECK(done.error().message.find("schema 2") != std::string::npos);
  CHECK(database.integer("PRAGMA user_version").value() == 2);
}

TEST_CASE("a store of each earlier version opens with what was in it") {
  const auto steps = store_migrations();
  for (std::size_t version = 1; version <= steps.size(); ++version) {
    scratch_folder folder;
    const auto path = folder / "talks.db";
    {
      auto old = sqlite::database::open(path, sqlite::open_mode::create, milliseconds{0}).value();
      REQUIRE(migrate(old, steps.first(version)));
      REQUIRE(
          old.execute("INSERT INTO conversations (id, epoch, turn_number, saved_at_ms, settings) "
                      "VALUES ('conv_1', 3, 1, 1000, '{}');"
                      "INSERT INTO items (conversation_id, position, id, kind, role, status, "
                      "spoken, call_id, name, text) VALUES "
                      "('conv_1', 0, 'item_1', 'message', 'user', 'completed', 0, '', '', 'hi')"));
    }
    const auto loaded = open_sqlite_store({path}).value()->load({"conv_1"});
    REQUIRE(loaded);
    REQUIRE(loaded.value());
    CHECK(loaded.value()->epoch.value == 3);
    CHECK(loaded.value()->items == std::vector{message("item_1", "user", "hi")});
  }
}
