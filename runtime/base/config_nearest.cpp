#include "runtime/base/config_nearest.hpp"

#include <algorithm>
#include <functional>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

std::string_view last_part(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot == path.npos ? path : path.substr(dot + 1);
}

std::string_view before_last(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot == path.npos ? std::string_view{} : path.substr(0, dot);
}

const std::string& smallest(const std::vector<std::string>& candidates,
                            const std::function<std::size_t(const std::string&)>& cost) {
  DHR_ASSERT(!candidates.empty());
  const std::string* best = nullptr;
  std::size_t best_cost = 0;
  for (const auto& candidate : candidates) {
    const auto its_cost = cost(candidate);
    if (best != nullptr && its_cost >= best_cost) continue;
    best = &candidate;
    best_cost = its_cost;
  }
  return *best;
}

}  // namespace

// Damerau's distance in its restricted form (optimal string alignment), three rows at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

const std::string& nearest(std::string_view name, const std::vector<std::string>& candidates) {
  return smallest(candidates, [&](const std::string& one) { return edit_distance(name, one); });
}

const std::string& nearest_path(std::string_view path, const std::vector<std::string>& candidates) {
  return smallest(candidates, [&](const std::string& one) {
    const bool elsewhere = before_last(path) != before_last(one);
    return 4 * edit_distance(last_part(path), last_part(one)) + (elsewhere ? 5 : 0) +
           (elsewhere ? edit_distance(before_last(path), before_last(one)) : 0);
  });
}

}  // namespace dhr
