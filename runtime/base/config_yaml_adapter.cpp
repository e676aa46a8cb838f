#include "runtime/base/config_yaml_adapter.hpp"

#include <yaml-cpp/yaml.h>

#include <set>

namespace dhr::yaml {
namespace {

constexpr std::size_t depth_max = 16;

problem at(const YAML::Mark& mark, std::string what) {
  if (mark.is_null()) return {std::move(what), 0, 0};
  return {std::move(what), mark.line + 1, mark.column + 1};
}

entry_kind kind_of(const YAML::Node& node) {
  if (node.IsScalar()) return entry_kind::scalar;
  if (node.IsSequence()) return entry_kind::list;
  if (node.IsMap()) return entry_kind::map;
  return entry_kind::nothing;
}

class walk {
 public:
  explicit walk(reading& result) : result_{result} {}

  void map(const YAML::Node& node) {
    std::set<std::string> seen;
    for (const auto& item : node) {
      if (result_.syntax) return;
      if (!item.first.IsScalar()) {
        result_.syntax = at(item.first.Mark(), "a key must be a plain name");
        return;
      }
      path_.push_back(item.first.Scalar());
      add(item.first, item.second, !seen.insert(path_.back()).second);
      path_.pop_back();
    }
  }

 private:
  void add(const YAML::Node& key, const YAML::Node& value, bool duplicate) {
    entry found;
    found.path = path_;
    found.kind = kind_of(value);
    found.duplicate = duplicate;
    found.line = key.Mark().line + 1;
    found.column = key.Mark().column + 1;
    if (value.IsScalar()) {
      found.text = value.Scalar();
      found.quoted = value.Tag() == "!" || value.Tag() == "tag:yaml.org,2002:str";
    }
    result_.entries.push_back(std::move(found));
    if (!value.IsMap()) return;
    // An alias may stand for a map that it is itself in.
    if (path_.size() >= depth_max) {
      result_.syntax = at(key.Mark(), "is nested too deeply");
      return;
    }
    map(value);
  }

  reading& result_;
  std::vector<std::string> path_;
};

}  // namespace

reading read(std::string_view text) {
  reading result;
  try {
    const auto documents = YAML::LoadAll(std::string{text});
    if (documents.size() != 1) {
      result.syntax = documents.empty()
                          ? problem{"the file is empty", 0, 0}
                          : at(documents[1].Mark(), "there must be one document only");
      return result;
    }
    if (!documents[0].IsMap()) {
      result.syntax = at(documents[0].Mark(), "the file must hold keys with values");
      return result;
    }
    walk{result}.map(documents[0]);
  } catch (const YAML::Exception& exception) {
    result.syntax = at(exception.mark, exception.msg);
  } catch (const std::exception& exception) {
    result.syntax = problem{exception.what(), 0, 0};
  }
  return result;
}

}  // namespace dhr::yaml
