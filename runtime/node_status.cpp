#include "runtime/node_status.hpp"

#include <boost/json.hpp>

namespace dhr {

std::string status_json(const node_status& status) {
  boost::json::object parts;
  for (const auto& part : status.parts) {
    parts[part.name] = {{"ready", part.ready}, {"detail", part.detail}};
  }
  return boost::json::serialize(boost::json::object{{"version", status.version},
                                                    {"uptime_s", to_ms(status.uptime) / 1'000},
                                                    {"connections", status.connections},
                                                    {"sessions_max", status.sessions_max},
                                                    {"parts", std::move(parts)}});
}

}  // namespace dhr
