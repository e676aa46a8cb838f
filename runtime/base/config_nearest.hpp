#pragma once
// What a person probably meant by a name that does not exist.

#include <string>
#include <string_view>
#include <vector>

namespace dhr {

// Fewest insertions, deletions, replacements and swaps of neighbours that make `a` into `b`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate with the smallest distance (the first of several). `candidates` must not be empty.
[[nodiscard]] const std::string& nearest(std::string_view name,
                                         const std::vector<std::string>& candidates);

// The nearest of dotted paths: the last part counts more than where it stands, so that a key under
// the wrong part is found.
[[nodiscard]] const std::string& nearest_path(std::string_view path,
                                              const std::vector<std::string>& candidates);

}  // namespace dhr
