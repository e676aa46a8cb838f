#pragma once
// Every kind of store, empty, each with a way to let its clock go on.

#include <memory>

#include "runtime/store/memory_store.hpp"
#include "runtime/store/postgres_store_adapter.hpp"
#include "runtime/store/sqlite_store_adapter.hpp"
#include "tests/runtime/store/snapshots.hpp"
#include "tests/support/postgres_database.hpp"

namespace dhr::testing {

struct in_memory {
  manual_clock time;
  memory_store store{time};
  durable_store& operator()() { return store; }
  void pass(milliseconds by) { time.advance(by); }
};

struct in_sqlite {
  manual_clock time;
  std::unique_ptr<durable_store> store =
      open_sqlite_store({":memory:", sqlite::open_mode::create, milliseconds{0}, &time}).value();
  durable_store& operator()() { return *store; }
  void pass(milliseconds by) { time.advance(by); }
};

struct in_a_file {
  scratch_folder folder;
  manual_clock time;
  std::unique_ptr<durable_store> store =
      open_sqlite_store(
          {folder / "talks.db", sqlite::open_mode::create, milliseconds{5'000}, &time})
          .value();
  durable_store& operator()() { return *store; }
  void pass(milliseconds by) { time.advance(by); }
};

// Nobody can turn the server's clock; its stamps are put back instead.
struct in_postgres {
  postgres_database database;
  std::unique_ptr<durable_store> store = open_postgres_store({database.url()}).value();
  durable_store& operator()() { return *store; }
  void pass(milliseconds by) {
    const auto interval = "interval '" + std::to_string(by.count()) + " milliseconds'";
    REQUIRE(database.connect().execute(
        "UPDATE dhr.nodes SET lease_ends_at = lease_ends_at - " + interval +
        "; UPDATE dhr.claims SET changed_at = changed_at - " + interval));
  }
};

}  // namespace dhr::testing

#define EVERY_STORE                                                          \
  dhr::testing::in_memory, dhr::testing::in_sqlite, dhr::testing::in_a_file, \
      dhr::testing::in_postgres
