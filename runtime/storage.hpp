#pragma once
// The node's store, started from the configuration.

#include <caf/all.hpp>
#include <filesystem>
#include <memory>

#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/store/actors.hpp"
#include "runtime/store/metrics.hpp"

namespace dhr {

// Where the conversations are kept: store.path, else conversations.db in runtime.state_dir; empty
// where nothing is kept on disk.
[[nodiscard]] std::filesystem::path store_path(const config& settings);

// A null handle where conversations end with the process. An error says what is wrong with the file
// and what to do.
[[nodiscard]] result<store_actor> start_storage(caf::actor_system& system, const config& settings,
                                                const clock& time,
                                                std::shared_ptr<store_metrics> counts);

}  // namespace dhr
