// What the registry is told of models that are loaded whole, and how it comes to their hashes.

#include "runtime/model_entries.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "runtime/file_hash.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

struct bench {
  fs::path folder = fs::temp_directory_path() / ("dhr_entries_" + std::to_string(getpid()));
  manual_clock time;
  std::shared_ptr<model_registry> registry = std::make_shared<model_registry>();
  model_entries entries{registry, time};
  bench() { fs::create_directories(folder); }
  ~bench() { fs::remove_all(folder); }
  fs::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream{folder / name, std::ios::binary} << bytes;
    return folder / name;
  }
  std::string hash_of_entry(std::size_t place) const {
    return registry->list().at(place).facts.hash;
  }
  // The thread ends by itself: hashing has come to the last one once that has a hash.
  void wait_for_hash(std::size_t place) const {
    for (int i = 0; i < 60'000 && hash_of_entry(place).empty(); ++i) usleep(1'000);
    REQUIRE_FALSE(hash_of_entry(place).empty());
  }
};

}  // namespace

TEST_CASE("a model is told while it is loaded, while it is warmed up and when it is ready") {
  bench b;
  const auto file = b.write("small.gguf", "abc");
  const auto entry = b.entries.loading({"small", {file}});
  auto told = b.registry->list().at(0);
  CHECK(told.facts == model_facts{"small", date_of_file(file), ""});
  CHECK(told.device == "cpu");
  CHECK(told.precision.empty());
  CHECK(told.state == model_state::loading);
  b.entries.warming(entry, "Q4_0");
  told = b.registry->list().at(0);
  CHECK(told.precision == "Q4_0");
  CHECK(told.state == model_state::warming);
  b.time.advance(3s);
  b.entries.ready(entry);
  told = b.registry->list().at(0);
  CHECK(told.state == model_state::ready);
  CHECK(told.since == b.time.wall_now());
}

TEST_CASE("what a server computes is listed by its name, without a file") {
  bench b;
  b.entries.served("llama3:70b");
  const auto told = b.registry->list().at(0);
  CHECK(told.facts == model_facts{"llama3:70b", "", ""});
  CHECK(told.device == "server");
  CHECK(told.state == model_state::ready);
}

TEST_CASE("files are hashed after the start, and those of one model together") {
  bench b;
  b.entries.loading({"one", {b.write("one", "abc")}});
  b.entries.loading({"library", {}});
  b.entries.loading({"two", {b.write("first", "a"), b.write("second", "bc")}});
  CHECK(b.hash_of_entry(0).empty());
  b.entries.hash_files();
  b.wait_for_hash(2);
  CHECK(b.hash_of_entry(0) == hash_of("abc"));
  CHECK(b.hash_of_entry(1).empty());
  CHECK(b.hash_of_entry(2) == hash_of("abc"));
}

TEST_CASE("a file that was written after its model was loaded, or is gone, gets no hash") {
  bench b;
  const auto changed = b.write("changed", "abc");
  const auto gone = b.write("gone", "abc");
  b.entries.loading({"changed", {changed}});
  b.entries.loading({"gone", {gone}});
  b.entries.loading({"last", {b.write("last", "abc")}});
  fs::last_write_time(changed, fs::last_write_time(changed) + 2s);
  fs::remove(gone);
  b.entries.hash_files();
  b.wait_for_hash(2);
  CHECK(b.hash_of_entry(0).empty());
  CHECK(b.hash_of_entry(1).empty());
}

TEST_CASE("hashing ends at once when the node stops") {
  bench b;
  const auto huge = b.write("huge", "");
  fs::resize_file(huge, std::uintmax_t{1} << 36);  // takes no room, and a minute to read
  b.entries.loading({"huge", {huge}});
  b.entries.hash_files();
  b.entries.stop();
  b.entries.stop();
  CHECK(b.hash_of_entry(0).empty());
}
