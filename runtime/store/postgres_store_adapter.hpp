#pragma once
// The store in a PostgreSQL database (13 or newer), which several nodes share. Every write is one
// statement or one transaction, conditioned on the epoch; the server's clock ends the leases.
//
// What is erased is out of the reach of queries at once; the server's own upkeep (vacuum, its log,
// backups) removes the last traces as its operator has set it.

#include <memory>

#include "runtime/store/lease_store.hpp"
#include "runtime/store/postgres_adapter.hpp"

namespace dhr {

enum class postgres_tables {
  make,      // where there are none; older ones are refused with what to do
  existing,  // refused where there are none
  migrate,   // made, or brought to this program's version
};

// Connects, and looks at the tables. The errors of postgres::connection, and errc::failed when the
// tables are older or newer than this program can use.
[[nodiscard]] result<std::unique_ptr<durable_store>> open_postgres_store(
    postgres::connection_options options, postgres_tables tables = postgres_tables::make);

}  // namespace dhr
