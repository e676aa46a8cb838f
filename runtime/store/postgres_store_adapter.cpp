#include "runtime/store/postgres_store_adapter.hpp"

#include <utility>

#include "runtime/store/postgres_leases.hpp"
#include "runtime/store/postgres_migrations.hpp"
#include "runtime/store/row_limit.hpp"

namespace dhr {
namespace {

using postgres::bytes;
using postgres::integer;
using postgres::number;
using postgres::text;

// The whole save: nothing happens when the claim or the stored conversation has a higher epoch; the
// lock on the claim makes a take-over wait for it, or it for the take-over. Nor does it when a
// later call has written already: this one was given up long ago. Of the items only those that
// differ are written.
constexpr const char* save_all = R"sql(
WITH claimed AS (SELECT epoch FROM dhr.claims WHERE conversation_id = $1 FOR SHARE),
owner AS (
  INSERT INTO dhr.conversations (id, epoch, turn_number, saved_at_ms, settings, writer, call)
  SELECT $1, $2, $3, $4, $5, $16, $17 WHERE NOT EXISTS (SELECT 1 FROM claimed WHERE epoch > $2)
  ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, turn_number = excluded.turn_number,
    saved_at_ms = excluded.saved_at_ms, settings = excluded.settings,
    writer = excluded.writer, call = excluded.call
  WHERE conversations.epoch <= excluded.epoch
    AND (conversations.writer <> excluded.writer OR conversations.call < excluded.call)
  RETURNING conversations.id),
cut AS (
  DELETE FROM dhr.items USING owner
  WHERE conversation_id = owner.id AND position >= $6),
put AS (
  INSERT INTO dhr.items (conversation_id, position, id, kind, role, status, spoken, call_id, name,
                         text)
  SELECT owner.id, given.* FROM owner,
    unnest($7::int[], $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], $12::boolean[],
           $13::bytea[], $14::bytea[], $15::bytea[]) AS given
  ON CONFLICT (conversation_id, position) DO UPDATE SET
    id = excluded.id, kind = excluded.kind, role = excluded.role, status = excluded.status,
    spoken = excluded.spoken, call_id = excluded.call_id, name = excluded.name,
    text = excluded.text
  WHERE (items.id, items.kind, items.role, items.status, items.spoken, items.call_id, items.name,
         items.text)
    IS DISTINCT FROM (excluded.id, excluded.kind, excluded.role, excluded.status, excluded.spoken,
                      excluded.call_id, excluded.name, excluded.text))
SELECT EXISTS (SELECT 1 FROM owner)
)sql";

// The conversation and its items in one answer, so that both are of one state: the conversation's
// columns are on the first row alone.
constexpr const char* load_all = R"sql(
SELECT c.epoch::text, c.turn_number::text, c.saved_at_ms, c.settings, i.id, i.kind, i.role,
       i.status, i.spoken, i.call_id, i.name, i.text
FROM dhr.conversations c LEFT JOIN dhr.items i ON i.conversation_id = c.id
WHERE c.id = $1 ORDER BY i.position
)sql";

constexpr const char* list_last = R"sql(
SELECT id, epoch::text, turn_number::text, saved_at_ms,
       (SELECT count(*) FROM dhr.items WHERE conversation_id = conversations.id)
FROM dhr.conversations ORDER BY saved_at_ms DESC, id COLLATE "C" LIMIT $1
)sql";

constexpr const char* forget_claims = R"sql(
DELETE FROM dhr.claims WHERE changed_at < to_timestamp($1 / 1000.0)
AND NOT EXISTS (SELECT 1 FROM dhr.conversations WHERE id = conversation_id)
AND NOT EXISTS (SELECT 1 FROM dhr.nodes WHERE name = owner
                AND nodes.incarnation = claims.incarnation AND lease_ends_at > clock_timestamp())
)sql";

constexpr const char* count_all = R"sql(
SELECT (SELECT count(*) FROM dhr.conversations), (SELECT count(*) FROM dhr.items),
       pg_total_relation_size('dhr.conversations') + pg_total_relation_size('dhr.items')
       + pg_total_relation_size('dhr.claims') + pg_total_relation_size('dhr.nodes')
)sql";

template <class Member>
postgres::parameter column(const std::vector<stored_item>& items, Member member) {
  std::vector<std::string_view> values;
  values.reserve(items.size());
  for (const auto& item : items) values.push_back(item.*member);
  return postgres::bytes_array(values);
}

postgres::parameter spoken_column(const std::vector<stored_item>& items) {
  std::vector<bool> values;
  values.reserve(items.size());
  for (const auto& item : items) values.push_back(item.spoken);
  return postgres::boolean_array(values);
}

stored_item read_item(const postgres::rows& found, std::size_t row) {
  const auto words = [&](int column) { return std::string{found.text(row, column)}; };
  return {words(4), words(5), words(6), words(7), words(11), found.boolean(row, 8),
          words(9), words(10)};
}

// Lives on: the thread of whoever calls it.
class postgres_store final : public durable_store {
 public:
  explicit postgres_store(postgres::connection opened)
      : connection_{std::make_unique<postgres::connection>(std::move(opened))} {}

  postgres::connection& connection() noexcept { return *connection_; }

  result<std::optional<conversation_snapshot>> load(const conversation_id& id) override {
    if (!is_valid_id(id.value)) return std::optional<conversation_snapshot>{};
    DHR_TRY(const auto found, connection_->run(load_all, {text(id.value)}));
    if (found.size() == 0) return std::optional<conversation_snapshot>{};
    conversation_snapshot snapshot{id, {found.number(0, 0)}, found.number(0, 1), {}, {}, 0};
    snapshot.saved_at_ms = found.integer(0, 2);
    snapshot.settings = found.text(0, 3);
    const bool has_items = !found.is_null(0, 4);
    for (std::size_t row = 0; has_items && row < found.size(); ++row) {
      snapshot.items.push_back(read_item(found, row));
    }
    return std::optional{std::move(snapshot)};
  }

  result<void> save(const conversation_snapshot& snapshot) override {
    if (auto reason = refusal(snapshot, std::nullopt)) return std::move(*reason);
    const auto& items = snapshot.items;
    DHR_TRY(
        const auto done,
        connection_->run(
            save_all, {text(snapshot.id.value), number(snapshot.epoch.value),
                       number(snapshot.turn_number), integer(snapshot.saved_at_ms),
                       bytes(snapshot.settings), integer(static_cast<std::int64_t>(items.size())),
                       postgres::position_array(items.size()), column(items, &stored_item::id),
                       column(items, &stored_item::kind), column(items, &stored_item::role),
                       column(items, &stored_item::status), spoken_column(items),
                       column(items, &stored_item::call_id), column(items, &stored_item::name),
                       column(items, &stored_item::text), integer(connection_->writer()),
                       integer(connection_->next_call())}));
    if (done.boolean(0, 0)) return ok();
    DHR_TRY(const auto stored,
            connection_->run("SELECT greatest((SELECT epoch FROM dhr.claims "
                             "WHERE conversation_id = $1), (SELECT epoch FROM dhr.conversations "
                             "WHERE id = $1))::text",
                             {text(snapshot.id.value)}));
    if (auto reason = refusal(snapshot, session_epoch{stored.number(0, 0)})) {
      return std::move(*reason);
    }
    return fail(errc::unavailable, "conversation " + snapshot.id.value + " changed hands just now");
  }

  result<bool> erase(const conversation_id& id) override {
    DHR_TRY(const auto done,
            connection_->run("DELETE FROM dhr.conversations WHERE id = $1", {text(id.value)}));
    return done.changes() > 0;
  }

  result<std::size_t> erase_older_than(wall_time cutoff) override {
    const auto limit = integer(to_unix_ms(cutoff));
    DHR_TRY(const auto done,
            connection_->run("DELETE FROM dhr.conversations WHERE saved_at_ms < $1", {limit}));
    DHR_TRY(connection_->run(forget_claims, {limit}));
    return done.changes();
  }

  result<std::vector<conversation_summary>> list(std::size_t limit) override {
    DHR_TRY(const auto found, connection_->run(list_last, {integer(row_limit(limit))}));
    std::vector<conversation_summary> listed;
    for (std::size_t row = 0; row < found.size(); ++row) {
      listed.push_back({{std::string{found.text(row, 0)}},
                        {found.number(row, 1)},
                        found.number(row, 2),
                        static_cast<std::uint64_t>(found.integer(row, 4)),
                        found.integer(row, 3)});
    }
    return listed;
  }

  result<store_report> check() override {
    DHR_TRY(const auto gaps,
            connection_->run("SELECT conversation_id FROM dhr.items GROUP BY conversation_id "
                             "HAVING count(*) <> max(position) + 1 LIMIT 1",
                             {}));
    if (gaps.size() > 0) {
      return fail(errc::failed,
                  "the store is damaged: items of conversation " + std::string{gaps.text(0, 0)} +
                      " are missing. Put a backup back",
                  "store.postgres_url");
    }
    DHR_TRY(const auto schema, read_schema(*connection_));
    DHR_TRY(const auto counts, connection_->run(count_all, {}));
    store_report report;
    report.schema_version = schema.version;
    report.conversations = static_cast<std::uint64_t>(counts.integer(0, 0));
    report.items = static_cast<std::uint64_t>(counts.integer(0, 1));
    report.bytes = static_cast<std::uint64_t>(counts.integer(0, 2));
    return report;
  }

  lease_store& leases() noexcept override { return leases_; }

 private:
  std::unique_ptr<postgres::connection> connection_;  // where the leases find it
  postgres_leases leases_{*connection_};
};

}  // namespace

result<std::unique_ptr<durable_store>> open_postgres_store(postgres::connection_options options,
                                                           postgres_tables tables) {
  DHR_TRY(auto connection, postgres::connection::make(std::move(options)));
  auto store = std::make_unique<postgres_store>(std::move(connection));
  const auto steps = postgres_migrations();
  DHR_TRY(auto found, read_schema(store->connection()));
  const bool missing = found.version == 0;
  if (missing && tables == postgres_tables::existing) {
    return fail(errc::not_found,
                store->connection().name() +
                    " has no tables of this program: run `dhr store migrate`, or start a node",
                "store.postgres_url");
  }
  if (missing || tables == postgres_tables::migrate) {
    DHR_TRY(migrate(store->connection(), steps));
    DHR_TRY(found, read_schema(store->connection()));
  }
  if (auto reason = refusal(found, static_cast<int>(steps.size()))) return std::move(*reason);
  return std::unique_ptr<durable_store>{std::move(store)};
}

}  // namespace dhr
