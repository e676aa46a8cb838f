#include <boost/json.hpp>
#include <ctime>
#include <iostream>

#include "runtime/base/ids.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/storage.hpp"
#include "runtime/store/sqlite_store_adapter.hpp"

namespace dhr::cli {
namespace {

using store_pointer = std::unique_ptr<conversation_store>;

int complain(const error& reason) {
  std::cerr << "dhr store: " << reason.message << '\n';
  return reason.code == errc::invalid_argument ? 2 : 1;
}

// The file of --path, or else the configured one.
result<std::filesystem::path> file_of(const store_options& options, const config& settings) {
  if (!options.path.empty()) return options.path;
  auto path = store_path(settings);
  if (!path.empty()) return path;
  const bool is_off = settings.store.kind == settings::store_kind::none;
  return fail(errc::invalid_argument,
              is_off ? "store.kind is none, so nothing is kept; name a file with --path"
                     : "neither store.path nor runtime.state_dir is set; name a file with --path");
}

// Runs `use` with the opened store; complains and gives the exit status when there is none.
template <class Use>
int with_store(const store_options& options, const surroundings& around, Use use) {
  config settings;
  if (options.path.empty()) {
    auto loaded = load_or_complain(around);
    if (!loaded) return 2;
    settings = std::move(*loaded);
  }
  const auto file = file_of(options, settings);
  if (!file) return complain(file.error());
  sqlite_store_options wanted;
  wanted.path = file.value();
  wanted.mode = sqlite::open_mode::existing;
  auto store = open_sqlite_store(wanted);
  if (!store) return complain(store.error());
  return use(*store.value(), wanted.path);
}

std::string utc(std::int64_t unix_ms) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(milliseconds{unix_ms}).count();
  std::tm parts{};
  char text[64] = "";
  if (gmtime_r(&seconds, &parts) != nullptr) {
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  }
  return text;
}

boost::json::object to_json(const stored_item& item) {
  boost::json::object json{{"id", item.id}, {"type", item.kind}, {"status", item.status}};
  if (item.kind == "message") {
    json["role"] = item.role;
    json["text"] = item.text;
    json["spoken"] = item.spoken;
    return json;
  }
  json["call_id"] = item.call_id;
  if (item.kind == "function_call") {
    json["name"] = item.name;
    json["arguments"] = item.text;
  } else {
    json["output"] = item.text;
  }
  return json;
}

boost::json::object to_json(const conversation_snapshot& conversation) {
  boost::json::error_code problem;
  auto settings = boost::json::parse(conversation.settings, problem);
  if (problem) settings = boost::json::string{conversation.settings};
  boost::json::array items;
  for (const auto& item : conversation.items) items.push_back(to_json(item));
  return {{"id", conversation.id.value},       {"epoch", conversation.epoch.value},
          {"turns", conversation.turn_number}, {"saved_at", utc(conversation.saved_at_ms)},
          {"settings", std::move(settings)},   {"items", std::move(items)}};
}

int no_such(const conversation_id& id, const std::filesystem::path& file) {
  std::cerr << "dhr store: there is no conversation " << id.value << " in " << file.string()
            << "; `dhr store list` shows what there is\n";
  return 1;
}

}  // namespace

int store_check(const store_options& options, const surroundings& around) {
  return with_store(options, around, [](conversation_store& store, const auto& file) {
    const auto report = store.check();
    if (!report) return complain(report.error());
    const auto& found = report.value();
    std::cout << file.string() << " is sound: " << found.conversations << " conversations, "
              << found.items << " items, " << found.bytes << " bytes, schema "
              << found.schema_version << '\n';
    return 0;
  });
}

int store_export(const store_options& options, const surroundings& around) {
  return with_store(options, around, [&](conversation_store& store, const auto& file) {
    const conversation_id id{options.conversation};
    const auto loaded = store.load(id);
    if (!loaded) return complain(loaded.error());
    if (!loaded.value()) return no_such(id, file);
    std::cout << boost::json::serialize(to_json(*loaded.value())) << '\n';
    return 0;
  });
}

int store_delete(const store_options& options, const surroundings& around) {
  return with_store(options, around, [&](conversation_store& store, const auto& file) {
    const conversation_id id{options.conversation};
    const auto erased = store.erase(id);
    if (!erased) return complain(erased.error());
    if (!erased.value()) return no_such(id, file);
    std::cout << "deleted " << id.value << '\n';
    return 0;
  });
}

int store_list(const store_options& options, const surroundings& around) {
  return with_store(options, around, [&](conversation_store& store, const auto&) {
    const auto found = store.list(options.limit);
    if (!found) return complain(found.error());
    for (const auto& entry : found.value()) {
      std::cout << entry.id.value << '\t' << utc(entry.saved_at_ms) << '\t' << entry.turn_number
                << " turns\t" << entry.item_count << " items\n";
    }
    return 0;
  });
}

}  // namespace dhr::cli
