#include "net/realtime/handshake.hpp"

#include <algorithm>
#include <array>
#include <boost/url.hpp>
#include <utility>

#include "runtime/base/pairs.hpp"

namespace dhr::realtime {
namespace {

using refused = boost::outcome_v2::failure_type<handshake_refusal>;

constexpr std::string_view voice_live_path = "/voice-live/realtime";
constexpr std::array<std::string_view, 5> door_paths{
    "/v1/realtime", "/realtime", "/openai/realtime", "/openai/v1/realtime", voice_live_path};

refused refusal(int status, std::string code, std::string message, std::string param) {
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

event_shape shape_of(std::string_view path, const upgrade_request& request) {
  if (path == voice_live_path) return event_shape::voice_live;
  const bool beta =
      lists(request.beta, "realtime=v1") || lists(request.subprotocols, "openai-beta.realtime-v1");
  return beta ? event_shape::beta : event_shape::ga;
}

// The parameters of the query, the empty ones left out.
handshake_result<void> take(handshake& into, const std::string& name, const std::string& value) {
  if (name == "model") into.model = value;
  if (name == "deployment" && into.model.empty()) into.model = value;  // Azure's word for it
  if (name == "conversation") {
    if (!is_valid_id(value)) {
      return refusal(400, "invalid_value",
                     "'conversation' must be 1 to 64 letters, digits, '_' or '-'", name);
    }
    into.conversation.value = value;
  }
  if (name == "zone") into.wish.zone = value;
  if (name == "redirect") {
    if (value != "true" && value != "false") {
      return refusal(400, "invalid_value", "'redirect' must be true or false", name);
    }
    into.redirect = value == "true";
  }
  if (name == "labels") {
    auto pairs = parse_pairs(value);
    if (!pairs) {
      return refusal(400, "invalid_value", "'labels' must be KEY=VALUE, separated by commas", name);
    }
    into.wish.labels = std::move(*pairs);
  }
  if (name == "last_event_id") {
    if (!is_valid_id(value)) {
      return refusal(400, "invalid_value", "'last_event_id' must be the id of a server event",
                     name);
    }
    into.last_event_id = value;
  }
  if (name == "intent") {
    return refusal(400, "unsupported_value",
                   "sessions that only transcribe are not supported; leave 'intent' out and set "
                   "audio.input.transcription of an ordinary session",
                   name);
  }
  if (name == "call_id") {
    return refusal(400, "unsupported_value",
                   "calls are not supported; leave 'call_id' out and name a model", name);
  }
  return boost::outcome_v2::success();
}

}  // namespace

handshake_result<handshake> read_handshake(const upgrade_request& request) {
  const auto url = boost::urls::parse_origin_form(request.target);
  if (!url) return refusal(400, "invalid_request", "the request's target is not a path", {});
  const auto path = url->path();
  if (std::find(door_paths.begin(), door_paths.end(), path) == door_paths.end()) {
    return refusal(404, "not_found", "the door is " + std::string{door_paths.front()}, {});
  }
  if (!request.is_upgrade) {
    return refusal(426, "upgrade_required", "this is a WebSocket; ask for an upgrade", {});
  }
  handshake wanted;
  wanted.shape = shape_of(path, request);
  wanted.subprotocol = lists(request.subprotocols, "realtime");
  for (const auto& parameter : url->params()) {
    if (parameter.value.empty()) continue;
    BOOST_OUTCOME_TRY(take(wanted, parameter.key, parameter.value));
  }
  return wanted;
}

}  // namespace dhr::realtime
