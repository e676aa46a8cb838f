#pragma once
// A number of rows as the LIMIT of a statement, which counts in signed integers.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace dhr {

[[nodiscard]] inline std::int64_t row_limit(std::size_t rows) noexcept {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(rows, static_cast<std::size_t>(most)));
}

}  // namespace dhr
