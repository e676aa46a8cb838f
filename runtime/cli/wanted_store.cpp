#include "runtime/cli/wanted_store.hpp"

#include <iostream>

#include "runtime/storage.hpp"

namespace dhr::cli {

std::optional<config> settings_for(const store_options& options, const surroundings& around) {
  auto settings = options.path.empty() ? load_or_complain(around) : std::optional{config{}};
  if (settings) settings->store.statement_timeout_ms = std::chrono::minutes{10};
  return settings;
}

result<wanted_store> open_wanted(const store_options& options, const config& configured) {
  auto settings = configured;
  if (!options.path.empty()) {
    settings.store.kind = settings::store_kind::sqlite;
    settings.store.path = options.path;
  }
  if (settings.store.kind == settings::store_kind::none) {
    return fail(errc::invalid_argument,
                "store.kind is none, so nothing is kept; name a file with --path");
  }
  DHR_TRY(auto store, open_store(settings, system_clock(), store_opening::existing));
  if (!store) {
    return fail(errc::invalid_argument,
                "neither store.path nor runtime.state_dir is set; name a file with --path");
  }
  return wanted_store{std::move(store), store_name(settings)};
}

int complain(const char* command, const error& reason) {
  std::cerr << command << ": " << reason.message << '\n';
  return reason.code == errc::invalid_argument ? 2 : 1;
}

}  // namespace dhr::cli
