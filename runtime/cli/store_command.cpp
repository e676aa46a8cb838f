#include <boost/json.hpp>
#include <ctime>
#include <iostream>

#include "runtime/base/ids.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/wanted_store.hpp"
#include "runtime/storage.hpp"
#include "runtime/store/postgres_migrations.hpp"

namespace dhr::cli {
namespace {

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

int no_such(const conversation_id& id, const std::string& store) {
  std::cerr << "dhr store: there is no conversation " << id.value << " in " << store
            << "; `dhr store list` shows what there is\n";
  return 1;
}

}  // namespace

int store_check(const store_options& options, const surroundings& around) {
  return with_store("dhr store", options, around,
                    [](conversation_store& store, const std::string& name) {
                      const auto report = store.check();
                      if (!report) return complain("dhr store", report.error());
                      const auto& found = report.value();
                      std::cout << name << " is sound: " << found.conversations
                                << " conversations, " << found.items << " items, " << found.bytes
                                << " bytes, schema " << found.schema_version << '\n';
                      return 0;
                    });
}

int store_migrate(const store_options& options, const surroundings& around) {
  const auto settings = settings_for(options, around);
  if (!settings) return 2;
  if (!options.path.empty() || settings->store.kind != settings::store_kind::postgres) {
    // A SQLite file is brought up to date whenever it is opened.
    return with_store(
        "dhr store", options, around, [](conversation_store& store, const std::string& name) {
          const auto report = store.check();
          if (!report) return complain("dhr store", report.error());
          std::cout << name << " has schema " << report.value().schema_version << '\n';
          return 0;
        });
  }
  auto connection = postgres::connection::make(postgres_options(*settings));
  if (!connection) return complain("dhr store", connection.error());
  const auto outcome = migrate(connection.value(), postgres_migrations());
  if (!outcome) return complain("dhr store", outcome.error());
  const auto [from, to] = outcome.value();
  std::cout << connection.value().name()
            << (from == to ? " already has schema " : " was brought to schema ") << to;
  if (from != to) std::cout << " from " << from;
  std::cout << '\n';
  return 0;
}

int store_export(const store_options& options, const surroundings& around) {
  return with_store("dhr store", options, around,
                    [&](conversation_store& store, const std::string& name) {
                      const conversation_id id{options.conversation};
                      const auto loaded = store.load(id);
                      if (!loaded) return complain("dhr store", loaded.error());
                      if (!loaded.value()) return no_such(id, name);
                      std::cout << boost::json::serialize(to_json(*loaded.value())) << '\n';
                      return 0;
                    });
}

int store_delete(const store_options& options, const surroundings& around) {
  return with_store("dhr store", options, around,
                    [&](conversation_store& store, const std::string& name) {
                      const conversation_id id{options.conversation};
                      const auto erased = store.erase(id);
                      if (!erased) return complain("dhr store", erased.error());
                      if (!erased.value()) return no_such(id, name);
                      std::cout << "deleted " << id.value << '\n';
                      return 0;
                    });
}

int store_list(const store_options& options, const surroundings& around) {
  return with_store(
      "dhr store", options, around, [&](conversation_store& store, const std::string&) {
        const auto found = store.list(options.limit);
        if (!found) return complain("dhr store", found.error());
        for (const auto& entry : found.value()) {
          std::cout << entry.id.value << '\t' << utc(entry.saved_at_ms) << '\t' << entry.turn_number
                    << " turns\t" << entry.item_count << " items\n";
        }
        return 0;
      });
}

}  // namespace dhr::cli
