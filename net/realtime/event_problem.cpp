#include "net/realtime/event_problem.hpp"

namespace dhr::realtime {

event_problem to_problem(const error& reason, std::string param) {
  event_problem problem;
  problem.message = reason.message;
  problem.param = std::move(param);
  switch (reason.code) {
    case errc::invalid_argument:
      problem.code = "invalid_value";
      break;
    case errc::not_found:
      problem.code = "not_found";
      break;
    default:
      problem.type = "server_error";
      problem.code = to_string(reason.code);
      break;
  }
  if (reason.retry_after) {
    problem.message += " (try again in " + std::to_string(reason.retry_after->count()) + " ms)";
  }
  return problem;
}

}  // namespace dhr::realtime
