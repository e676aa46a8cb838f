#pragma once
// Broken invariants end the program, in release as well. Never for input.

namespace dhr::detail {
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;
}

#define DHR_ASSERT(expression)   \
  (static_cast<bool>(expression) \
       ? static_cast<void>(0)    \
       : ::dhr::detail::assertion_failed(#expression, __FILE__, __LINE__))
