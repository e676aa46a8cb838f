#pragma once

#include <string_view>

namespace dhr {

// config/expressions.yml as it was when the program was built.
extern const std::string_view shipped_expressions_text;

}  // namespace dhr
