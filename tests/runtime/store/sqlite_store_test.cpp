// What the SQLite store promises beyond the port: of its file, its neighbours and its writes.

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "runtime/store/migrations.hpp"
#include "runtime/store/sqlite_store_adapter.hpp"
#include "tests/runtime/store/snapshots.hpp"

using namespace dhr;
using namespace dhr::testing;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<conversation_store> open(const fs::path& path) {
  auto opened = open_sqlite_store({path});
  INFO((opened ? "" : opened.error().message));
  REQUIRE(opened);
  return std::move(opened).value();
}

// Beside the store, as another process would come.
sqlite::database second_connection(const fs::path& path) {
  return sqlite::database::open(path, sqlite::open_mode::existing, milliseconds{0}).value();
}

// The store refuses the file with a sentence that has these words, and leaves its bytes alone.
void check_refused(const fs::path& path, const std::string& words) {
  const auto before = content_of(path);
  const auto refused = open_sqlite_store({path});
  REQUIRE_FALSE(refused);
  INFO(refused.error().message);
  CHECK(refused.error().code == errc::failed);
  CHECK(refused.error().message.find(words) != std::string::npos);
  CHECK(content_of(path) == before);
}

fs::perms permissions(const fs::path& path) { return fs::status(path).permissions(); }

}  // namespace

TEST_CASE("conversations outlive the store's object") {
  scratch_folder folder;
  REQUIRE(open(folder / "talks.db")->save(talk("conv_1")));
  CHECK(*open(folder / "talks.db")->load({"conv_1"}).value() == talk("conv_1"));
}

TEST_CASE("what a process saved before it died without a word is there") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  const auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto store = open_sqlite_store({path});
    _exit(store && store.value()->save(talk("conv_1")) ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  CHECK(*open(path)->load({"conv_1"}).value() == talk("conv_1"));
}

TEST_CASE("a new store is its owner's alone, with its folder and the files beside it") {
  scratch_folder folder;
  const auto path = folder / "made" / "here" / "talks.db";
  const auto store = open(path);
  REQUIRE(store->save(talk("conv_1")));
  CHECK(permissions(path.parent_path()) == fs::perms::owner_all);
  const auto private_file = fs::perms::owner_read | fs::perms::owner_write;
  for (const auto* name : {"talks.db", "talks.db-wal", "talks.db-shm"}) {
    INFO(name);
    CHECK(permissions(path.parent_path() / name) == private_file);
  }
}

TEST_CASE("a store that others could read is made private") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  REQUIRE(open(path)->save(talk("conv_1")));
  fs::permissions(path, fs::perms::others_read, fs::perm_options::add);
  open(path);
  CHECK(permissions(path) == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a file that is no database is refused and left as it is") {
  scratch_folder folder;
  std::ofstream{folder / "letter.txt"} << std::string(5'000, 'x');
  check_refused(folder / "letter.txt", "Move it away");
}

TEST_CASE("a database of another program is refused and left as it is") {
  scratch_folder folder;
  std::ofstream{folder / "other.db"};
  REQUIRE(second_connection(folder / "other.db").execute("CREATE TABLE theirs (x)"));
  check_refused(folder / "other.db", "another program");
}

TEST_CASE("a store of a newer version is refused and left as it is") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  REQUIRE(open(path)->save(talk("conv_1")));
  REQUIRE(second_connection(path).execute("PRAGMA user_version = 1000"));
  check_refused(path, "newer version");
}

TEST_CASE("a store whose beginning was overwritten is refused and left as it is") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  REQUIRE(open(path)->save(talk("conv_1")));
  std::fstream{path, std::ios::in | std::ios::out | std::ios::binary} << std::string(200, '\x7f');
  check_refused(path, "damaged");
}

TEST_CASE("a check finds pages that were overwritten and tells what to do") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  auto big = talk("conv_1", 1, 500);
  REQUIRE(open(path)->save(big));
  REQUIRE(open(path)->check());
  {
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(5 * 4096);
    file << std::string(4 * 4096, '\x7f');
  }
  const auto checked = open(path)->check();
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == errc::failed);
  CHECK(checked.error().message.find("Put a copy back") != std::string::npos);
}

TEST_CASE("a check finds items that are missing within a history") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  const auto store = open(path);
  REQUIRE(store->save(talk("conv_1")));
  REQUIRE(second_connection(path).execute("DELETE FROM items WHERE position = 1"));
  const auto checked = store->check();
  REQUIRE_FALSE(checked);
  CHECK(checked.error().message.find("conv_1") != std::string::npos);
}

TEST_CASE("a store that must exist is not made") {
  scratch_folder folder;
  const auto refused =
      open_sqlite_store({folder / "talks.db", sqlite::open_mode::existing, milliseconds{0}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::not_found);
  CHECK_FALSE(fs::exists(folder / "talks.db"));
}

TEST_CASE("a folder that cannot be made is told by its name") {
  scratch_folder folder;
  std::ofstream{folder / "file"} << "x";
  const auto refused = open_sqlite_store({folder / "file" / "below" / "talks.db"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(refused.error().message.find("file") != std::string::npos);
}

TEST_CASE("a save writes only the items that differ") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  const auto store = open(path);
  auto snapshot = talk("conv_1", 1, 50);
  REQUIRE(store->save(snapshot));
  auto watch = second_connection(path);
  REQUIRE(
      watch.execute("CREATE TABLE written (position);"
                    "CREATE TRIGGER watch AFTER INSERT ON items BEGIN "
                    "INSERT INTO written VALUES (new.position); END"));
  snapshot.items[97].text = "ans";
  snapshot.items.push_back(message("item_new", "user", "one more"));
  REQUIRE(store->save(snapshot));
  CHECK(watch.text("SELECT group_concat(position) FROM written").value() == "97,100");
  CHECK(*store->load({"conv_1"}).value() == snapshot);
}

TEST_CASE("a save that breaks off half-way has changed nothing") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  const auto store = open(path);
  REQUIRE(store->save(talk("conv_1")));
  REQUIRE(second_connection(path).execute(
      "CREATE TRIGGER break_off BEFORE INSERT ON items WHEN new.text = 'answer 3' "
      "BEGIN SELECT RAISE(ABORT, 'no more'); END"));
  const auto broken = store->save(talk("conv_1", 2, 5));
  REQUIRE_FALSE(broken);
  CHECK(broken.error().message.find("no more") != std::string::npos);
  CHECK(*store->load({"conv_1"}).value() == talk("conv_1"));
  REQUIRE(store->save(talk("conv_1", 2, 3)));
}

TEST_CASE("nothing of an erased text is left in the files") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  const auto store = open(path);
  auto snapshot = talk("conv_1");
  snapshot.items[1].text = "the-words-of-a-person " + std::string(10'000, 'z');
  REQUIRE(store->save(snapshot));
  REQUIRE(store->save(talk("conv_2")));
  const auto on_disk = [&] { return content_of(path) + content_of(folder / "talks.db-wal"); };
  REQUIRE(on_disk().find("the-words-of-a-person") != std::string::npos);
  CHECK(store->erase({"conv_1"}).value());
  CHECK(on_disk().find("the-words-of-a-person") == std::string::npos);
  CHECK(on_disk().find("conv_2") != std::string::npos);
}

TEST_CASE("a store that another process holds is unavailable for that time only") {
  scratch_folder folder;
  const auto path = folder / "talks.db";
  open(path);
  const auto store =
      open_sqlite_store({path, sqlite::open_mode::existing, milliseconds{1}}).value();
  auto other = second_connection(path);
  {
    const auto held = sqlite::transaction::begin(other, sqlite::lock::write);
    REQUIRE(held);
    const auto refused = store->save(talk("conv_1"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK(store->load({"conv_1"}));
  }
  CHECK(store->save(talk("conv_1")));
}

TEST_CASE("two processes on one store see each other's writes, and the later epoch wins") {
  scratch_folder folder;
  const auto first = open(folder / "talks.db");
  const auto second = open(folder / "talks.db");
  REQUIRE(first->save(talk("conv_1", 1)));
  CHECK(*second->load({"conv_1"}).value() == talk("conv_1", 1));
  REQUIRE(second->save(talk("conv_1", 2)));
  CHECK_FALSE(first->save(talk("conv_1", 1, 9)));
  CHECK(second->erase({"conv_1"}).value());
  CHECK_FALSE(first->load({"conv_1"}).value());
}
