#pragma once
// Labels as people write them: KEY=VALUE pairs in one text.

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dhr {

// "a=b, c=d"; an empty text has none. Nothing for a part without '=', with an empty key, or with a
// key that comes twice. Spaces around parts are left out.
[[nodiscard]] std::optional<std::map<std::string, std::string>> parse_pairs(std::string_view list);

}  // namespace dhr
