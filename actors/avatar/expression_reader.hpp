#pragma once
// Expressions as a designer writes them: config/expressions.yml, whose head explains every key.

#include <string>
#include <string_view>

#include "actors/avatar/expression_library.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// What `yaml` says over `base`: an expression or blend takes the place of the one of its name,
// what it doesn't name stays. errc::invalid_argument tells everything that is wrong, a line each:
//   NAME:12:7: joy.pose.mouthSmle is unknown; did you mean mouthSmile?
// where NAME is `source`, which stands for the text.
[[nodiscard]] result<expression_set> read_expressions(std::string_view yaml,
                                                      const std::string& source,
                                                      expression_set base);

}  // namespace dhr
