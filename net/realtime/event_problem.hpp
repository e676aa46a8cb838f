#pragma once
// What is wrong with something that a client sent, or what went wrong while it was served, in the
// words of the protocol's error object. Plain data: the WebSocket and the HTTP door both use it.

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <string>
#include <utility>

#include "runtime/base/result.hpp"

namespace dhr::realtime {

struct event_problem {
  std::string type = "invalid_request_error";  // or "server_error"
  std::string code;                            // "invalid_value", "unsupported_value", ...
  std::string message;                         // a sentence for a person
  std::string param;     // path of the field, "session.audio.output.voice"; may be empty
  std::string event_id;  // the client's id of its event; may be empty
  friend bool operator==(const event_problem&, const event_problem&) = default;
};

// A value, or what is wrong with the input that it was to be read from.
template <class T>
using checked =
    boost::outcome_v2::basic_result<T, event_problem, boost::outcome_v2::policy::terminate>;

[[nodiscard]] inline boost::outcome_v2::failure_type<event_problem> refuse(std::string code,
                                                                           std::string message,
                                                                           std::string param) {
  return boost::outcome_v2::failure(event_problem{
      "invalid_request_error", std::move(code), std::move(message), std::move(param), {}});
}

// An error of the inside, for a client. `param` is what the error's field is called outside.
[[nodiscard]] event_problem to_problem(const error& reason, std::string param);

}  // namespace dhr::realtime
