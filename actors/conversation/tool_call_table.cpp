#include "actors/conversation/tool_call_table.hpp"

#include <boost/json.hpp>

namespace dhr {

bool is_json_object(std::string_view text) {
  boost::system::error_code problem;
  const auto parsed = boost::json::parse(text, problem);
  return !problem && parsed.is_object();
}

std::string make_call_id(const turn_id& turn, std::uint32_t index) {
  return "call_" + std::to_string(turn.epoch.value) + "_" + std::to_string(turn.number) + "_" +
         std::to_string(index);
}

result<void> tool_call_table::take(const tool_call_piece& piece) {
  if (piece.index > calls_.size() || (piece.index == calls_.size() && piece.name.empty())) {
    return fail(errc::failed, "the language engine sent arguments of a call that it never began",
                "function_call");
  }
  if (piece.index == calls_.size()) {
    if (calls_.size() == calls_max) {
      return fail(errc::failed,
                  "the reply calls more than " + std::to_string(calls_max) + " functions",
                  "function_call");
    }
    calls_.push_back({piece.call_id, piece.name, {}});
  }
  bytes_ += piece.arguments.size();
  if (bytes_ > arguments_bytes_max) {
    return fail(errc::failed, "the arguments of '" + calls_[piece.index].name + "' never end",
                "function_call");
  }
  calls_[piece.index].arguments += piece.arguments;
  return ok();
}

result<void> tool_call_table::check() const {
  for (const auto& call : calls_) {
    if (is_json_object(call.arguments)) continue;
    return fail(errc::failed,
                "the arguments of the call of '" + call.name + "' are no whole JSON object",
                "function_call");
  }
  return ok();
}

}  // namespace dhr
