#include "runtime/store/migrations.hpp"

#include <array>

namespace dhr {
namespace {

// The rows of `items` lie in the order in which they are read: a conversation's together, by
// position. A text comes last, so that the short columns before it stay on the row's own page.
constexpr const char* conversations_and_items = R"sql(
CREATE TABLE conversations (
  id TEXT NOT NULL PRIMARY KEY,
  epoch INTEGER NOT NULL,
  turn_number INTEGER NOT NULL,
  saved_at_ms INTEGER NOT NULL,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX conversations_by_time ON conversations (saved_at_ms);

CREATE TABLE items (
  conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  role TEXT NOT NULL,
  status TEXT NOT NULL,
  spoken INTEGER NOT NULL,
  call_id TEXT NOT NULL,
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (conversation_id, position)
) STRICT, WITHOUT ROWID;
)sql";

// A claim outlives its conversation, so that its epoch only grows. `owner` is empty when nobody
// owns it.
constexpr const char* nodes_and_claims = R"sql(
CREATE TABLE nodes (
  name TEXT NOT NULL PRIMARY KEY,
  incarnation INTEGER NOT NULL,
  address TEXT NOT NULL,
  build TEXT NOT NULL,
  types_hash INTEGER NOT NULL,
  zone TEXT NOT NULL,
  labels TEXT NOT NULL,
  gpu REAL NOT NULL,
  memory REAL NOT NULL,
  queue REAL NOT NULL,
  conversations INTEGER NOT NULL,
  conversations_max INTEGER NOT NULL,
  draining INTEGER NOT NULL,
  healthy INTEGER NOT NULL,
  lease_ends_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
  conversation_id TEXT NOT NULL PRIMARY KEY,
  epoch INTEGER NOT NULL,
  owner TEXT NOT NULL,
  incarnation INTEGER NOT NULL,
  last_owner TEXT NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX claims_by_owner ON claims (owner, incarnation) WHERE owner <> '';
CREATE INDEX claims_by_time ON claims (changed_at_ms) WHERE owner = '';
)sql";

constexpr const char* wishes = R"sql(
ALTER TABLE nodes ADD COLUMN drain_wanted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN wanted_node TEXT NOT NULL DEFAULT '';
CREATE INDEX claims_by_wish ON claims (owner, incarnation) WHERE wanted_node <> '';
)sql";

constexpr const char* links = R"sql(
ALTER TABLE nodes ADD COLUMN links INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr std::array steps_in_order{
    migration{"conversations and their items", conversations_and_items},
    migration{"nodes with their leases, and claims", nodes_and_claims},
    migration{"where operators want nodes and conversations", wishes},
    migration{"how many others a node is connected to", links},
};

}  // namespace

std::span<const migration> store_migrations() noexcept { return steps_in_order; }

result<void> migrate(sqlite::database& on, std::span<const migration> steps) {
  for (;;) {
    DHR_TRY(auto step, sqlite::transaction::begin(on, sqlite::lock::write));
    DHR_TRY(const auto stored, on.integer("PRAGMA user_version"));
    const auto last = static_cast<std::int64_t>(steps.size());
    if (stored > last) {
      return fail(errc::failed,
                  "the store was written by a newer version of the program: it has schema " +
                      std::to_string(stored) + ", this program knows up to " +
                      std::to_string(last) + ". Run the newer program, or name another store.path",
                  "store.path");
    }
    if (stored == last) return ok();
    const auto& next = steps[static_cast<std::size_t>(stored)];
    if (auto done = on.execute(next.sql); !done) {
      auto reason = done.error();
      reason.message = "step " + std::to_string(stored + 1) + " of the store's schema (" +
                       next.what + ") failed and was undone: " + reason.message;
      return reason;
    }
    DHR_TRY(on.execute("PRAGMA application_id = " + std::to_string(store_application_id)));
    DHR_TRY(on.execute("PRAGMA user_version = " + std::to_string(stored + 1)));
    DHR_TRY(step.commit());
  }
}

}  // namespace dhr
