#pragma once
// Lists as people write them in one text, and labels, which are lists of KEY=VALUE pairs.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dhr {

// The parts between commas, without the spaces around them; an empty text has none.
[[nodiscard]] std::vector<std::string> parse_list(std::string_view list);

// "a=b, c=d"; an empty text has none. Nothing for a part without '=', with an empty key, or with a
// key that comes twice. Spaces around parts are left out.
[[nodiscard]] std::optional<std::map<std::string, std::string>> parse_pairs(std::string_view list);

}  // namespace dhr
