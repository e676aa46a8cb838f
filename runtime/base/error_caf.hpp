#pragma once
// How CAF carries an error of ours as the answer to a request.

#include <caf/all.hpp>
#include <cstdint>
#include <string>
#include <utility>

#include "runtime/base/result.hpp"

namespace dhr {

namespace wire {
inline constexpr auto error_category = caf::atom("dhr");
}

[[nodiscard]] inline caf::error to_caf_error(error reason) {
  const auto code = static_cast<std::uint8_t>(reason.code) + 1;  // CAF's zero means no error
  const auto wait = reason.retry_after ? reason.retry_after->count() : std::int64_t{-1};
  return caf::error{static_cast<std::uint8_t>(code), wire::error_category,
                    caf::make_message(std::move(reason.message), std::move(reason.where), wait)};
}

// A CAF error of another category becomes errc::failed, a time-out errc::deadline.
[[nodiscard]] inline error from_caf_error(const caf::error& reason) {
  if (reason.category() == wire::error_category &&
      reason.context().match_elements<std::string, std::string, std::int64_t>()) {
    error result{static_cast<errc>(reason.code() - 1),
                 reason.context().get_as<std::string>(0),
                 reason.context().get_as<std::string>(1),
                 {}};
    const auto wait = reason.context().get_as<std::int64_t>(2);
    if (wait >= 0) result.retry_after = std::chrono::milliseconds{wait};
    return result;
  }
  if (reason == caf::sec::request_timeout) {
    return {errc::deadline, "no answer in time", {}, {}};
  }
  return {errc::failed, caf::to_string(reason), {}, {}};
}

}  // namespace dhr
