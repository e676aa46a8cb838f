#include "runtime/base/pairs.hpp"

namespace dhr {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<std::string> parse_list(std::string_view list) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto comma = list.find(',');
    parts.emplace_back(trimmed(list.substr(0, comma)));
    if (comma == list.npos) break;
    list.remove_prefix(comma + 1);
    if (list.empty()) parts.emplace_back();
  }
  return parts;
}

std::optional<std::map<std::string, std::string>> parse_pairs(std::string_view list) {
  std::map<std::string, std::string> pairs;
  for (const auto& pair : parse_list(list)) {
    const auto cut = pair.find('=');
    if (cut == pair.npos || cut == 0) return std::nullopt;
    if (!pairs.emplace(pair.substr(0, cut), pair.substr(cut + 1)).second) return std::nullopt;
  }
  return pairs;
}

}  // namespace dhr
