#include "runtime/node_status.hpp"

#include <boost/json.hpp>

namespace dhr {
namespace {

boost::json::array models_of(const node_status& status) {
  boost::json::array models;
  for (const auto& one : status.models) {
    const auto since =
        std::chrono::duration_cast<std::chrono::seconds>(one.since.time_since_epoch());
    models.push_back(boost::json::object{{"name", one.facts.name},
                                         {"version", one.facts.version},
                                         {"sha256", one.facts.hash},
                                         {"precision", one.precision},
                                         {"device", one.device},
                                         {"state", to_string(one.state)},
                                         {"since", since.count()}});
  }
  return models;
}

}  // namespace

std::string status_json(const node_status& status) {
  boost::json::object parts;
  for (const auto& part : status.parts) {
    parts[part.name] = {{"ready", part.ready}, {"detail", part.detail}};
  }
  return boost::json::serialize(boost::json::object{{"version", status.version},
                                                    {"uptime_s", to_ms(status.uptime) / 1'000},
                                                    {"connections", status.connections},
                                                    {"sessions_max", status.sessions_max},
                                                    {"parts", std::move(parts)},
                                                    {"models", models_of(status)}});
}

}  // namespace dhr
