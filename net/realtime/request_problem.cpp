#include "net/realtime/request_problem.hpp"

#include "net/realtime/codec.hpp"

namespace dhr::realtime {
namespace {

std::string settings_param(const std::string& root, const std::string& where, event_shape shape) {
  if (where.starts_with(root)) return where;
  const bool ga = shape == event_shape::ga;
  if (where == "voice") return root + (ga ? "audio.output.voice" : "voice");
  if (where == "speech_rate") return root + (ga ? "audio.output.speed" : "speed");
  return root + where;
}

std::string param_of(request_kind kind, const std::string& where, event_shape shape) {
  if (kind == request_kind::append_audio) return "audio";
  if (where.empty()) return {};
  if (kind == request_kind::update_session) return settings_param("session.", where, shape);
  if (kind == request_kind::create_response) return settings_param("response.", where, shape);
  return where;
}

void name_item_problem(event_problem& problem, const std::string& verb, const std::string& code) {
  problem.code = code;
  problem.message = "Error " + verb + " item: " + problem.message;
}

}  // namespace

event_problem problem_of(const request_failed& failed, event_shape shape) {
  // What no event asked for, as sound that can't be understood.
  if (failed.request.empty()) return to_problem(failed.reason, failed.reason.where);
  const auto tag = to_tag(failed.request);
  const auto& reason = failed.reason;
  auto problem = to_problem(reason, param_of(tag.kind, reason.where, shape));
  problem.event_id = tag.event_id;
  const bool unknown = reason.code == errc::not_found;
  switch (tag.kind) {
    case request_kind::create_response:
      if (reason.code != errc::overloaded || reason.where.empty()) break;
      // `where` names the response that is under way, not a field.
      problem.type = "invalid_request_error";
      problem.code = "conversation_already_has_active_response";
      problem.param.clear();
      break;
    case request_kind::cancel_response:
      if (!unknown) break;
      problem.code = "response_cancel_not_active";
      problem.message = "Cancellation failed: no active response found";
      problem.param.clear();
      break;
    case request_kind::delete_item:
      if (unknown) name_item_problem(problem, "deleting", "item_delete_invalid_item_id");
      break;
    case request_kind::retrieve_item:
      if (unknown) name_item_problem(problem, "retrieving", "item_retrieve_invalid_item_id");
      break;
    case request_kind::truncate_item:
      if (unknown) name_item_problem(problem, "truncating", "item_truncate_invalid_item_id");
      break;
    case request_kind::commit_audio:
      if (reason.code != errc::invalid_argument && !unknown) break;
      problem.code = "input_audio_buffer_commit_empty";
      problem.message = "Error committing input audio buffer: " + reason.message;
      problem.param.clear();
      break;
    default:
      break;
  }
  return problem;
}

}  // namespace dhr::realtime
