#pragma once
// Expected trouble is a value: result<T> holds a T or an error. Reading the wrong side is a broken
// invariant and ends the program.

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/try.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace dhr {

// A code exists only where a caller acts differently on it.
enum class errc : std::uint8_t {
  invalid_argument,  // the caller's input is wrong; `where` names the field
  not_found,         // no such conversation, item, voice, file
  overloaded,        // a bound was reached; try again after `retry_after`
  cancelled,         // the turn was interrupted; nobody waits for the answer
  deadline,          // not done in time
  unavailable,       // a server, process or model cannot be reached or started
  failed,            // it ran and did not work
};

struct error {
  errc code = errc::failed;
  std::string message;  // a sentence for a person, with what to do about it where that is known
  std::string where;    // the field, file or server that it is about; may be empty
  std::optional<std::chrono::milliseconds> retry_after;  // set with errc::overloaded
};

const char* to_string(errc code) noexcept;

template <class T>
using result = boost::outcome_v2::basic_result<T, error, boost::outcome_v2::policy::terminate>;

[[nodiscard]] inline boost::outcome_v2::failure_type<error> fail(errc code, std::string message,
                                                                 std::string where = {}) {
  return boost::outcome_v2::failure(error{code, std::move(message), std::move(where), {}});
}

[[nodiscard]] inline boost::outcome_v2::success_type<void> ok() noexcept {
  return boost::outcome_v2::success();
}

}  // namespace dhr

// DHR_TRY(auto value, expression) declares value, or returns the error from the calling function;
// DHR_TRY(expression) does it for a result<void>.
#define DHR_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
