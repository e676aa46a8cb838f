#include "net/http/message.hpp"

#include <boost/json.hpp>

namespace dhr::http {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

int status_of(errc code) noexcept {
  switch (code) {
    case errc::invalid_argument:
      return 400;
    case errc::not_found:
      return 400;  // a name in the body; paths are the router's
    case errc::overloaded:
      return 503;
    case errc::unavailable:
      return 503;
    case errc::deadline:
      return 504;
    case errc::cancelled:
    case errc::failed:
      break;
  }
  return 500;
}

}  // namespace

reply error_reply(int status, const realtime::event_problem& problem) {
  reply answer;
  answer.status = status;
  answer.body =
      json::serialize(json::object{{"error", json::object{{"message", problem.message},
                                                          {"type", problem.type},
                                                          {"param", text_or_null(problem.param)},
                                                          {"code", text_or_null(problem.code)}}}});
  return answer;
}

reply error_reply(int status, std::string code, std::string message, std::string param) {
  return error_reply(
      status, realtime::event_problem{status < 500 ? "invalid_request_error" : "server_error",
                                      std::move(code),
                                      std::move(message),
                                      std::move(param),
                                      {}});
}

reply error_reply(const error& reason, std::string param) {
  const auto status = status_of(reason.code);
  auto answer = error_reply(status, realtime::to_problem(reason, std::move(param)));
  if (status == 503) {
    const auto wait = reason.retry_after.value_or(std::chrono::milliseconds{1'000});
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    answer.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  return answer;
}

}  // namespace dhr::http
