#pragma once
// How the tables in PostgreSQL came to be: numbered steps, as in migrations.hpp. They lie in a
// schema of their own, `dhr`, so that the database may hold other things.
//
// Two builds of the program run beside each other while a cluster is upgraded, so a step says the
// oldest program that can still work with the tables after it: `dhr.schema` holds the version, and
// the version that a program must know to run.

#include <cstdint>
#include <span>

#include "runtime/store/postgres_adapter.hpp"

namespace dhr {

struct postgres_migration {
  const char* what;   // for the error message
  const char* sql;    // statements, separated by semicolons
  int readable_from;  // programs that know this many steps can use the tables after this one
};

// Step i takes the tables from version i to version i + 1.
[[nodiscard]] std::span<const postgres_migration> postgres_migrations() noexcept;

struct postgres_schema {
  int version = 0;        // 0: there are no tables
  int readable_from = 0;  // what a program must know
};

[[nodiscard]] result<postgres_schema> read_schema(postgres::connection& on);

// Takes the steps that are missing, all in one transaction; processes that do it at the same time
// wait for each other. The version that was found, and is left now.
struct migration_outcome {
  int from = 0;
  int to = 0;
};
[[nodiscard]] result<migration_outcome> migrate(postgres::connection& on,
                                                std::span<const postgres_migration> steps);

// Why this program cannot use such tables, if it cannot; with what to do about it.
[[nodiscard]] std::optional<error> refusal(const postgres_schema& found, int known_steps);

}  // namespace dhr
