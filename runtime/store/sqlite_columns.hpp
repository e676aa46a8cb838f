#pragma once
// SQLite knows signed integers only; the bits of an unsigned one come back as they went. Their
// order does not: compare what was read, never in SQL.

#include <bit>
#include <cstdint>

namespace dhr::sqlite {

[[nodiscard]] constexpr std::int64_t to_column(std::uint64_t value) noexcept {
  return std::bit_cast<std::int64_t>(value);
}
[[nodiscard]] constexpr std::uint64_t from_column(std::int64_t value) noexcept {
  return std::bit_cast<std::uint64_t>(value);
}

}  // namespace dhr::sqlite
