#pragma once
// How the tables of the SQLite store came to be: numbered steps, each run once and for all in a
// transaction of its own. `PRAGMA user_version` holds the number of the last step that was taken.
// A step that was ever released is never changed; whatever comes later is a new step.

#include <span>
#include <string>

#include "runtime/store/sqlite_adapter.hpp"

namespace dhr {

// Marks a SQLite file as ours, in its header: "DHRS".
inline constexpr std::int64_t store_application_id = 0x44485253;

struct migration {
  const char* what;  // for the error message
  const char* sql;   // statements, separated by semicolons
};

// Step i takes the tables from version i to version i + 1.
[[nodiscard]] std::span<const migration> store_migrations() noexcept;

// Takes the steps that `on` lacks. A step that breaks off leaves nothing behind; those before it
// stay. A database of a later version than the last step is refused with errc::failed.
[[nodiscard]] result<void> migrate(sqlite::database& on, std::span<const migration> steps);

}  // namespace dhr
