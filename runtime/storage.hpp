#pragma once
// The node's store, started from the configuration.

#include <caf/all.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/store/actors.hpp"
#include "runtime/store/lease_store.hpp"
#include "runtime/store/metrics.hpp"
#include "runtime/store/postgres_adapter.hpp"

namespace dhr {

// Where SQLite keeps the conversations: store.path, else conversations.db in runtime.state_dir;
// empty where nothing is kept in a file.
[[nodiscard]] std::filesystem::path store_path(const config& settings);

enum class store_opening {
  make,       // what is not there
  existing,   // or not at all
  impatient,  // as make, for who cannot wait: connecting takes no longer than a statement
};

// Opens the configured store; null where conversations end with the process.
[[nodiscard]] result<std::unique_ptr<durable_store>> open_store(
    const config& settings, const clock& time, store_opening how = store_opening::make);
// Where that store is, for people; never a password.
[[nodiscard]] std::string store_name(const config& settings);

// Of store.postgres_url and the time-outs.
[[nodiscard]] postgres::connection_options postgres_options(const config& settings);

// A null handle where conversations end with the process. An error says what is wrong with the
// store and what to do.
[[nodiscard]] result<store_actor> start_storage(caf::actor_system& system, const config& settings,
                                                const clock& time,
                                                std::shared_ptr<store_metrics> counts);

}  // namespace dhr
