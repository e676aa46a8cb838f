#pragma once
// The store in one SQLite file. Every save is a transaction, conditioned on the epoch, that writes
// only the items that differ from the stored ones. Erased text is overwritten in the file.
//
// Several processes may have the same file open; each write is then seen by the others at their
// next call.

#include <filesystem>
#include <memory>

#include "runtime/base/clock.hpp"
#include "runtime/store/lease_store.hpp"
#include "runtime/store/sqlite_adapter.hpp"

namespace dhr {

struct sqlite_store_options {
  std::filesystem::path path;  // ":memory:" for a store that ends with the object
  sqlite::open_mode mode = sqlite::open_mode::create;
  milliseconds patience{5'000};         // how long a call waits for another process
  const clock* time = &system_clock();  // its wall time ends the leases; outlives the store
};

// Opens the store, makes or migrates its tables, and makes the file private (0600). A file that is
// damaged, belongs to another program or to a newer version of this one is refused with
// errc::failed and left as it is.
[[nodiscard]] result<std::unique_ptr<durable_store>> open_sqlite_store(
    const sqlite_store_options& options);

}  // namespace dhr
