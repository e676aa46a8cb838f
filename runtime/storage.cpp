#include "runtime/storage.hpp"

#include <utility>
#include <vector>

#include "runtime/store/postgres_store_adapter.hpp"
#include "runtime/store/sqlite_store_adapter.hpp"
#include "runtime/store/store_actor.hpp"

namespace dhr {

using settings::store_kind;

std::filesystem::path store_path(const config& settings) {
  if (settings.store.kind != store_kind::sqlite) return {};
  if (!settings.store.path.empty()) return settings.store.path;
  if (settings.runtime.state_dir.empty()) return {};
  return std::filesystem::path{settings.runtime.state_dir} / "conversations.db";
}

postgres::connection_options postgres_options(const config& settings) {
  postgres::connection_options options{settings.store.postgres_url.value};
  options.statement_patience = settings.store.statement_timeout_ms;
  return options;
}

std::string store_name(const config& settings) {
  if (settings.store.kind != store_kind::postgres) return store_path(settings).string();
  const auto connection = postgres::connection::make(postgres_options(settings));
  return connection ? connection.value().name() : "PostgreSQL";
}

result<std::unique_ptr<durable_store>> open_store(const config& settings, const clock& time,
                                                  store_opening how) {
  const bool existing = how == store_opening::existing;
  const bool impatient = how == store_opening::impatient;
  if (settings.store.kind == store_kind::postgres) {
    auto options = postgres_options(settings);
    if (impatient) options.connect_patience = options.statement_patience;
    return open_postgres_store(std::move(options),
                               existing ? postgres_tables::existing : postgres_tables::make);
  }
  sqlite_store_options options;
  options.path = store_path(settings);
  if (options.path.empty()) return std::unique_ptr<durable_store>{};
  options.mode = existing ? sqlite::open_mode::existing : sqlite::open_mode::create;
  options.time = &time;
  if (impatient) options.patience = settings.store.statement_timeout_ms;
  return open_sqlite_store(options);
}

result<store_actor> start_storage(caf::actor_system& system, const config& settings,
                                  const clock& time, std::shared_ptr<store_metrics> counts) {
  // SQLite lets one write at a time, so that more connections would only wait for each other.
  const int connections =
      settings.store.kind == store_kind::postgres ? settings.store.connections : 1;
  std::vector<std::unique_ptr<durable_store>> opened;
  for (int i = 0; i < connections; ++i) {
    DHR_TRY(auto store, open_store(settings, time));
    if (!store) return store_actor{};
    opened.push_back(std::move(store));
  }
  std::vector<store_actor> parts;
  for (auto& store : opened) {
    store_actor_options options;
    options.store = std::move(store);
    options.time = &time;
    options.metrics = counts;
    // Whoever takes a conversation over finds what its client was told.
    options.writing.delay =
        settings.cluster.enabled ? milliseconds{0} : settings.store.write_behind_ms;
    // One of them sweeps for all.
    if (parts.empty()) options.retention = std::chrono::hours{24 * settings.store.retention_days};
    parts.push_back(spawn_store(system, store_spawn::detached, std::move(options)));
  }
  return parts.size() == 1 ? parts.front() : spawn_store_pool(system, std::move(parts));
}

}  // namespace dhr
