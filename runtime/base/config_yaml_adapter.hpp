#pragma once
// YAML as a flat list of what stands in it, with places. yaml-cpp and its exceptions stay inside.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dhr::yaml {

enum class entry_kind : std::uint8_t { scalar, nothing, list, map };

struct entry {
  std::vector<std::string> path;  // the keys from the top
  entry_kind kind = entry_kind::nothing;
  std::string text;        // of a scalar
  bool quoted = false;     // a scalar in quotes or a block: text, whatever it looks like
  bool duplicate = false;  // the same key stood before in the same map
  int line = 0;            // of the key; from 1
  int column = 0;
};

struct problem {
  std::string what;
  int line = 0;
  int column = 0;
};

struct reading {
  std::vector<entry> entries;  // a map stands before what is in it
  std::optional<problem> syntax;
};

// Reads one document whose top is a map.
reading read(std::string_view text);

}  // namespace dhr::yaml
