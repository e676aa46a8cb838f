#include "runtime/store/sqlite_store_adapter.hpp"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "runtime/store/migrations.hpp"
#include "runtime/store/row_limit.hpp"
#include "runtime/store/sqlite_columns.hpp"
#include "runtime/store/sqlite_leases.hpp"

namespace dhr {
namespace {

namespace fs = std::filesystem;

using sqlite::from_column;
using sqlite::to_column;

enum item_column { id, kind, role, status, spoken, call_id, name, text };

bool same(const sqlite::rows& row, const stored_item& item) {
  return row.text(item_column::id) == item.id && row.text(item_column::kind) == item.kind &&
         row.text(item_column::role) == item.role && row.text(item_column::status) == item.status &&
         (row.integer(item_column::spoken) != 0) == item.spoken &&
         row.text(item_column::call_id) == item.call_id &&
         row.text(item_column::name) == item.name && row.text(item_column::text) == item.text;
}

stored_item read_item(const sqlite::rows& row) {
  return {std::string{row.text(item_column::id)},      std::string{row.text(item_column::kind)},
          std::string{row.text(item_column::role)},    std::string{row.text(item_column::status)},
          std::string{row.text(item_column::text)},    row.integer(item_column::spoken) != 0,
          std::string{row.text(item_column::call_id)}, std::string{row.text(item_column::name)}};
}

struct prepared_statements {
  sqlite::statement find;
  sqlite::statement find_items;
  sqlite::statement put;
  sqlite::statement put_item;
  sqlite::statement cut_items;
  sqlite::statement erase;
  sqlite::statement erase_old;
  sqlite::statement list;

  static result<prepared_statements> of(sqlite::database& on) {
    DHR_TRY(auto find, on.prepare("SELECT epoch, turn_number, saved_at_ms, settings "
                                  "FROM conversations WHERE id = ?"));
    DHR_TRY(auto find_items,
            on.prepare("SELECT id, kind, role, status, spoken, call_id, name, text "
                       "FROM items WHERE conversation_id = ? ORDER BY position"));
    DHR_TRY(auto put,
            on.prepare("INSERT INTO conversations (id, epoch, turn_number, saved_at_ms, settings) "
                       "VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                       "epoch = excluded.epoch, turn_number = excluded.turn_number, "
                       "saved_at_ms = excluded.saved_at_ms, settings = excluded.settings"));
    DHR_TRY(auto put_item,
            on.prepare("INSERT OR REPLACE INTO items (conversation_id, position, id, kind, role, "
                       "status, spoken, call_id, name, text) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    DHR_TRY(auto cut_items,
            on.prepare("DELETE FROM items WHERE conversation_id = ? AND position >= ?"));
    DHR_TRY(auto erase, on.prepare("DELETE FROM conversations WHERE id = ?"));
    DHR_TRY(auto erase_old, on.prepare("DELETE FROM conversations WHERE saved_at_ms < ?"));
    DHR_TRY(auto list,
            on.prepare("SELECT id, epoch, turn_number, saved_at_ms, (SELECT count(*) FROM items "
                       "WHERE conversation_id = conversations.id) FROM conversations "
                       "ORDER BY saved_at_ms DESC, id LIMIT ?"));
    return prepared_statements{std::move(find),      std::move(find_items), std::move(put),
                               std::move(put_item),  std::move(cut_items),  std::move(erase),
                               std::move(erase_old), std::move(list)};
  }
};

// Lives on: the thread of whoever calls it.
class sqlite_store final : public durable_store {
 public:
  sqlite_store(std::unique_ptr<sqlite::database> opened, prepared_statements statements,
               sqlite_leases leases)
      : connection_{std::move(opened)}, sql_{std::move(statements)}, leases_{std::move(leases)} {}

  result<std::optional<conversation_snapshot>> load(const conversation_id& id) override {
    // Both reads must see the same state, whatever other processes write meanwhile.
    DHR_TRY(auto reading, sqlite::transaction::begin(*connection_, sqlite::lock::read));
    conversation_snapshot snapshot{id, {}, 0, {}, {}, 0};
    auto found = sql_.find.with(id.value);
    DHR_TRY(const bool any, found.next());
    if (!any) return std::optional<conversation_snapshot>{};
    snapshot.epoch = {from_column(found.integer(0))};
    snapshot.turn_number = from_column(found.integer(1));
    snapshot.saved_at_ms = found.integer(2);
    snapshot.settings = found.text(3);
    auto items = sql_.find_items.with(id.value);
    for (;;) {
      DHR_TRY(const bool more, items.next());
      if (!more) return std::optional{std::move(snapshot)};
      snapshot.items.push_back(read_item(items));
    }
  }

  result<void> save(const conversation_snapshot& snapshot) override {
    DHR_TRY(auto writing, sqlite::transaction::begin(*connection_, sqlite::lock::write));
    DHR_TRY(const auto stored, epoch_of(snapshot.id));
    if (auto reason = refusal(snapshot, stored)) return std::move(*reason);
    const auto& id = snapshot.id.value;
    DHR_TRY(sql_.put.run(id, to_column(snapshot.epoch.value), to_column(snapshot.turn_number),
                         snapshot.saved_at_ms, snapshot.settings));
    DHR_TRY(const auto changed, changed_positions(snapshot));
    for (const auto position : changed) {
      const auto& item = snapshot.items[position];
      DHR_TRY(sql_.put_item.run(id, position, item.id, item.kind, item.role, item.status,
                                item.spoken, item.call_id, item.name, item.text));
    }
    DHR_TRY(sql_.cut_items.run(id, snapshot.items.size()));
    return writing.commit();
  }

  result<bool> erase(const conversation_id& id) override {
    DHR_TRY(sql_.erase.run(id.value));
    const bool any = connection_->changes() > 0;
    DHR_TRY(empty_the_log());
    return any;
  }

  result<std::size_t> erase_older_than(wall_time cutoff) override {
    DHR_TRY(sql_.erase_old.run(to_unix_ms(cutoff)));
    const auto count = static_cast<std::size_t>(connection_->changes());
    DHR_TRY(leases_.forget_claims(cutoff));
    if (count > 0) {
      DHR_TRY(empty_the_log());
    }
    return count;
  }

  result<std::vector<conversation_summary>> list(std::size_t limit) override {
    std::vector<conversation_summary> found;
    auto rows = sql_.list.with(row_limit(limit));
    for (;;) {
      DHR_TRY(const bool more, rows.next());
      if (!more) return found;
      found.push_back({{std::string{rows.text(0)}},
                       {from_column(rows.integer(1))},
                       from_column(rows.integer(2)),
                       from_column(rows.integer(4)),
                       rows.integer(3)});
    }
  }

  result<store_report> check() override;

  lease_store& leases() noexcept override { return leases_; }

 private:
  // The higher one of what is stored and what is claimed.
  result<std::optional<session_epoch>> epoch_of(const conversation_id& id) {
    DHR_TRY(const auto claimed, leases_.epoch_of(id));
    auto found = sql_.find.with(id.value);
    DHR_TRY(const bool any, found.next());
    if (!any) return claimed;
    return std::max(claimed, std::optional{session_epoch{from_column(found.integer(0))}});
  }

  // The items of the snapshot that are not stored at their positions as they are.
  result<std::vector<std::size_t>> changed_positions(const conversation_snapshot& snapshot) {
    std::vector<std::size_t> changed;
    auto stored = sql_.find_items.with(snapshot.id.value);
    bool more = true;
    for (std::size_t position = 0; position < snapshot.items.size(); ++position) {
      if (more) {
        DHR_TRY(more, stored.next());
      }
      if (!more || !same(stored, snapshot.items[position])) changed.push_back(position);
    }
    return changed;
  }

  // The write-ahead log still has what was erased; it is written back and cut. A reader in another
  // process can be in the way: the next one to close the store does it then.
  result<void> empty_the_log() { return connection_->execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

  std::unique_ptr<sqlite::database> connection_;  // where the statements and leases find it
  prepared_statements sql_;
  sqlite_leases leases_;
};

error damaged(const std::string& what) {
  return {errc::failed,
          "the store is damaged: " + what +
              ". Put a copy back, or move the file away, and a new one is made",
          "store.path",
          {}};
}

result<store_report> sqlite_store::check() {
  DHR_TRY(const auto integrity, connection_->text("PRAGMA integrity_check(1)"));
  if (integrity != "ok") return damaged(integrity);
  DHR_TRY(const auto orphans,
          connection_->integer("SELECT count(*) FROM pragma_foreign_key_check"));
  if (orphans > 0) {
    return damaged(std::to_string(orphans) + " items belong to no conversation");
  }
  DHR_TRY(const auto gaps,
          connection_->text("SELECT conversation_id FROM items GROUP BY conversation_id "
                            "HAVING count(*) <> max(position) + 1 LIMIT 1"));
  if (!gaps.empty()) return damaged("items of conversation " + gaps + " are missing");
  store_report report;
  DHR_TRY(const auto version, connection_->integer("PRAGMA user_version"));
  DHR_TRY(const auto conversations, connection_->integer("SELECT count(*) FROM conversations"));
  DHR_TRY(const auto items, connection_->integer("SELECT count(*) FROM items"));
  DHR_TRY(const auto pages, connection_->integer("PRAGMA page_count"));
  DHR_TRY(const auto page_bytes, connection_->integer("PRAGMA page_size"));
  report.schema_version = static_cast<int>(version);
  report.conversations = from_column(conversations);
  report.items = from_column(items);
  report.bytes = from_column(pages * page_bytes);
  return report;
}

// Empty, or ours; before anything is written.
result<void> recognise(sqlite::database& opened, const fs::path& path) {
  DHR_TRY(const auto mark, opened.integer("PRAGMA application_id"));
  if (mark == store_application_id) return ok();
  DHR_TRY(const auto tables, opened.integer("SELECT count(*) FROM sqlite_master"));
  DHR_TRY(const auto version, opened.integer("PRAGMA user_version"));
  if (mark == 0 && version == 0 && tables == 0) return ok();
  return fail(
      errc::failed,
      path.string() +
          " is a database of another program; it was left as it is. Name another store.path",
      path.string());
}

result<void> make_private(const fs::path& path) {
  std::error_code problem;
  const auto now = fs::status(path, problem).permissions();
  const auto wanted = fs::perms::owner_read | fs::perms::owner_write;
  if (!problem && now != wanted) fs::permissions(path, wanted, problem);
  if (problem) {
    return fail(errc::unavailable,
                "cannot make " + path.string() + " private: " + problem.message() +
                    "; run as its owner, or chmod 600 it",
                path.string());
  }
  return ok();
}

}  // namespace

result<std::unique_ptr<durable_store>> open_sqlite_store(const sqlite_store_options& options) {
  DHR_TRY(auto connection, sqlite::database::open(options.path, options.mode, options.patience));
  auto shared = std::make_unique<sqlite::database>(std::move(connection));
  auto& opened = *shared;
  DHR_TRY(recognise(opened, options.path));
  DHR_TRY(migrate(opened, store_migrations()));
  const bool on_disk = options.path != ":memory:";
  if (on_disk) {
    DHR_TRY(make_private(options.path));
  }
  DHR_TRY(const auto journal, opened.text("PRAGMA journal_mode = WAL"));
  if (on_disk && journal != "wal") {
    return fail(errc::unavailable,
                "the file system of " + options.path.string() +
                    " has no shared memory for SQLite: put the store on a local disk",
                options.path.string());
  }
  // After a crash of the machine (not of the program) the last transactions may be missing; the
  // file is whole.
  DHR_TRY(
      opened.execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; "
                     "PRAGMA secure_delete = ON"));
  DHR_TRY(auto statements, prepared_statements::of(opened));
  DHR_TRY(auto leases, sqlite_leases::open(opened, *options.time));
  return std::unique_ptr<durable_store>{
      std::make_unique<sqlite_store>(std::move(shared), std::move(statements), std::move(leases))};
}

}  // namespace dhr
