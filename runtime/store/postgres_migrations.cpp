#include "runtime/store/postgres_migrations.hpp"

#include <array>
#include <string>

namespace dhr {
namespace {

// Unsigned 64-bit numbers whose order matters are numeric; ids of conversations are plain ASCII;
// what people say is bytea, which takes zero bytes and broken UTF-8 as they are. `writer` and
// `call` name the call that wrote a row last, see postgres_adapter.hpp.
constexpr const char* first_tables = R"sql(
CREATE TABLE dhr.conversations (
  id text PRIMARY KEY,
  epoch numeric(20) NOT NULL,
  turn_number numeric(20) NOT NULL,
  saved_at_ms bigint NOT NULL,
  settings bytea NOT NULL,
  writer bigint NOT NULL,
  call bigint NOT NULL
);

CREATE INDEX conversations_by_time ON dhr.conversations (saved_at_ms);

CREATE TABLE dhr.items (
  conversation_id text NOT NULL REFERENCES dhr.conversations (id) ON DELETE CASCADE,
  position integer NOT NULL CHECK (position >= 0),
  id bytea NOT NULL,
  kind bytea NOT NULL,
  role bytea NOT NULL,
  status bytea NOT NULL,
  spoken boolean NOT NULL,
  call_id bytea NOT NULL,
  name bytea NOT NULL,
  text bytea NOT NULL,
  PRIMARY KEY (conversation_id, position)
);

CREATE TABLE dhr.nodes (
  name text PRIMARY KEY,
  incarnation bigint NOT NULL,
  address text NOT NULL,
  build text NOT NULL,
  types_hash bigint NOT NULL,
  zone text NOT NULL,
  labels text NOT NULL,
  gpu double precision NOT NULL,
  memory double precision NOT NULL,
  queue double precision NOT NULL,
  conversations bigint NOT NULL,
  conversations_max bigint NOT NULL,
  draining boolean NOT NULL,
  healthy boolean NOT NULL,
  lease_ends_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE dhr.claims (
  conversation_id text PRIMARY KEY,
  epoch numeric(20) NOT NULL,
  owner text NOT NULL,
  incarnation bigint NOT NULL,
  last_owner text NOT NULL,
  changed_at timestamptz NOT NULL,
  writer bigint NOT NULL,
  call bigint NOT NULL
) WITH (fillfactor = 80);

CREATE INDEX claims_by_owner ON dhr.claims (owner, incarnation) WHERE owner <> '';
)sql";

// A program of before neither sees nor clears a wish: it stands until a later one claims.
constexpr const char* wishes = R"sql(
ALTER TABLE dhr.nodes ADD COLUMN drain_wanted boolean NOT NULL DEFAULT false;
ALTER TABLE dhr.claims ADD COLUMN wanted_node text NOT NULL DEFAULT '';
CREATE INDEX claims_by_wish ON dhr.claims (owner, incarnation) WHERE wanted_node <> '';
)sql";

constexpr const char* links = R"sql(
ALTER TABLE dhr.nodes ADD COLUMN links bigint NOT NULL DEFAULT 0;
)sql";

constexpr std::array steps_in_order{
    postgres_migration{"conversations, nodes and claims", first_tables, 1},
    postgres_migration{"where operators want nodes and conversations", wishes, 1},
    postgres_migration{"how many others a node is connected to", links, 1},
};

// Of the lock that migrating processes wait for: "DHRS".
constexpr const char* take_lock = "SELECT pg_advisory_xact_lock(1145590355)";

}  // namespace

std::span<const postgres_migration> postgres_migrations() noexcept { return steps_in_order; }

result<postgres_schema> read_schema(postgres::connection& on) {
  // Not to_regclass(): within a transaction it may remember that there was no such table.
  DHR_TRY(const auto table,
          on.run("SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
                 "ON n.oid = c.relnamespace WHERE n.nspname = 'dhr' AND c.relname = 'schema'",
                 {}));
  if (table.size() == 0) return postgres_schema{};
  DHR_TRY(const auto row,
          on.run("SELECT version::bigint, readable_from::bigint FROM dhr.schema", {}));
  if (row.size() != 1) {
    return fail(errc::failed, on.name() + " has a table dhr.schema that is not this program's",
                "store.postgres_url");
  }
  return postgres_schema{static_cast<int>(row.integer(0, 0)), static_cast<int>(row.integer(0, 1))};
}

result<migration_outcome> migrate(postgres::connection& on,
                                  std::span<const postgres_migration> steps) {
  DHR_TRY(auto changing, postgres::transaction::begin(on));
  DHR_TRY(on.run(take_lock, {}));
  DHR_TRY(const auto found, read_schema(on));
  const int known = static_cast<int>(steps.size());
  if (found.version == 0) {
    DHR_TRY(
        on.execute("CREATE SCHEMA IF NOT EXISTS dhr; CREATE TABLE dhr.schema "
                   "(version integer NOT NULL, readable_from integer NOT NULL); "
                   "INSERT INTO dhr.schema VALUES (0, 0)"));
  } else if (found.readable_from > known) {
    return *refusal(found, known);
  }
  for (int version = found.version; version < known; ++version) {
    const auto& step = steps[static_cast<std::size_t>(version)];
    if (auto done = on.execute(step.sql); !done) {
      auto reason = done.error();
      reason.message = "step " + std::to_string(version + 1) + " of the store's schema (" +
                       step.what + ") failed, and all was undone: " + reason.message;
      return reason;
    }
    DHR_TRY(on.execute("UPDATE dhr.schema SET version = " + std::to_string(version + 1) +
                       ", readable_from = " + std::to_string(step.readable_from)));
  }
  DHR_TRY(changing.commit());
  return migration_outcome{found.version, std::max(found.version, known)};
}

std::optional<error> refusal(const postgres_schema& found, int known_steps) {
  if (found.readable_from > known_steps) {
    return error{errc::failed,
                 "the store's tables have version " + std::to_string(found.version) +
                     ", which needs a program that knows version " +
                     std::to_string(found.readable_from) + "; this one knows up to " +
                     std::to_string(known_steps) + ". Run the newer program",
                 "store.postgres_url",
                 {}};
  }
  if (found.version < known_steps) {
    return error{errc::failed,
                 "the store's tables have version " + std::to_string(found.version) +
                     ", this program needs " + std::to_string(known_steps) +
                     ": run `dhr store migrate` once; nodes of the version before may go on "
                     "meanwhile",
                 "store.postgres_url",
                 {}};
  }
  return std::nullopt;
}

}  // namespace dhr
