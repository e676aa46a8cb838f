#include "net/realtime/handshake.hpp"

#include <boost/url.hpp>

namespace dhr::realtime {
namespace {

constexpr std::string_view door_path = "/v1/realtime";

boost::outcome_v2::failure_type<handshake_refusal> refusal(int status, std::string code,
                                                           std::string message, std::string param) {
  return boost::outcome_v2::failure(handshake_refusal{
      status,
      {"invalid_request_error", std::move(code), std::move(message), std::move(param), {}}});
}

// Whether a comma-separated list holds `wanted`.
bool lists(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto entry = list.substr(0, comma);
    while (!entry.empty() && entry.front() == ' ') entry.remove_prefix(1);
    while (!entry.empty() && entry.back() == ' ') entry.remove_suffix(1);
    if (entry == wanted) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

handshake_result<handshake> read_handshake(std::string_view target, std::string_view offered,
                                           bool is_upgrade) {
  const auto url = boost::urls::parse_origin_form(target);
  if (!url) return refusal(400, "invalid_request", "the request's target is not a path", {});
  if (url->path() != door_path) {
    return refusal(404, "not_found", "the door is " + std::string{door_path}, {});
  }
  if (!is_upgrade) {
    return refusal(426, "upgrade_required", "this is a WebSocket; ask for an upgrade", {});
  }
  handshake request;
  request.subprotocol = lists(offered, "realtime");
  for (const auto& parameter : url->params()) {
    if (parameter.key == "model") request.model = parameter.value;
    if (parameter.key != "conversation" || parameter.value.empty()) continue;
    if (!is_valid_id(parameter.value)) {
      return refusal(400, "invalid_value",
                     "'conversation' must be 1 to 64 letters, digits, '_' or '-'", "conversation");
    }
    request.conversation.value = parameter.value;
  }
  return request;
}

}  // namespace dhr::realtime
