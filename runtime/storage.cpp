#include "runtime/storage.hpp"

#include <utility>

#include "runtime/store/sqlite_store_adapter.hpp"
#include "runtime/store/store_actor.hpp"

namespace dhr {

std::filesystem::path store_path(const config& settings) {
  if (settings.store.kind == settings::store_kind::none) return {};
  if (!settings.store.path.empty()) return settings.store.path;
  if (settings.runtime.state_dir.empty()) return {};
  return std::filesystem::path{settings.runtime.state_dir} / "conversations.db";
}

result<store_actor> start_storage(caf::actor_system& system, const config& settings,
                                  const clock& time, std::shared_ptr<store_metrics> counts) {
  const auto path = store_path(settings);
  if (path.empty()) return store_actor{};
  DHR_TRY(auto store, open_sqlite_store({.path = path}));
  store_actor_options options;
  options.store = std::move(store);
  options.time = &time;
  options.metrics = std::move(counts);
  options.writing.delay = settings.store.write_behind_ms;
  options.retention = std::chrono::hours{24 * settings.store.retention_days};
  return spawn_store(system, store_spawn::detached, std::move(options));
}

}  // namespace dhr
