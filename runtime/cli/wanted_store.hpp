#pragma once
// The store that a command works on: the configured one, or a file that was named.

#include <memory>
#include <optional>
#include <string>

#include "runtime/cli/commands.hpp"
#include "runtime/store/lease_store.hpp"

namespace dhr::cli {

struct wanted_store {
  std::unique_ptr<durable_store> store;
  std::string name;  // where it is, for people
};

// The configuration, less what --path makes needless; nothing after every complaint was printed.
// Somebody waits for the command alone, so that a statement may take its time.
[[nodiscard]] std::optional<config> settings_for(const store_options& options,
                                                 const surroundings& around);

// Of a store that exists.
[[nodiscard]] result<wanted_store> open_wanted(const store_options& options,
                                               const config& configured);

// Prints "COMMAND: reason"; the exit status.
int complain(const char* command, const error& reason);

// Runs `use` with the opened store and its name; complains and gives the exit status when there is
// none.
template <class Use>
int with_store(const char* command, const store_options& options, const surroundings& around,
               Use use) {
  const auto settings = settings_for(options, around);
  if (!settings) return 2;
  const auto opened = open_wanted(options, *settings);
  if (!opened) return complain(command, opened.error());
  return use(*opened.value().store, opened.value().name);
}

}  // namespace dhr::cli
