#include <cstdio>
#include <cstdlib>

#include "runtime/base/assert.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

const char* to_string(errc code) noexcept {
  switch (code) {
    case errc::invalid_argument: return "invalid_argument";
    case errc::not_found: return "not_found";
    case errc::overloaded: return "overloaded";
    case errc::cancelled: return "cancelled";
    case errc::deadline: return "deadline";
    case errc::unavailable: return "unavailable";
    case errc::failed: return "failed";
  }
  return "failed";
}

namespace detail {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, expression);
  std::abort();
}

}  // namespace detail
}  // namespace dhr
