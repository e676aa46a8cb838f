#include "runtime/base/pairs.hpp"

#include <algorithm>

namespace dhr {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<std::map<std::string, std::string>> parse_pairs(std::string_view list) {
  std::map<std::string, std::string> pairs;
  while (!list.empty()) {
    const auto part = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), part.size() + 1));
    const auto pair = trimmed(part);
    const auto cut = pair.find('=');
    if (cut == pair.npos || cut == 0) return std::nullopt;
    if (!pairs.emplace(pair.substr(0, cut), pair.substr(cut + 1)).second) return std::nullopt;
  }
  return pairs;
}

}  // namespace dhr
