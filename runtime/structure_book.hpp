#pragma once
// What a structure_recorder writes into (wire_structure.hpp).

#include <map>
#include <string>
#include <typeindex>

namespace dhr::wire {

// All types that were met: name to fields.
struct structure_book {
  std::map<std::string, std::string> lines;
  std::map<std::type_index, std::string> names;

  // The type's name, unlike those of all others; `fresh`: it was not met before.
  const std::string& name_of(std::type_index type, const std::string& wanted, bool& fresh) {
    const auto known = names.find(type);
    fresh = known == names.end();
    if (!fresh) return known->second;
    auto name = wanted;
    for (int i = 2; lines.contains(name); ++i) name = wanted + "#" + std::to_string(i);
    lines.emplace(name, "");
    return names.emplace(type, std::move(name)).first->second;
  }
};

}  // namespace dhr::wire
