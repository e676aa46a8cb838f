#include "runtime/base/config_load.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "runtime/base/config_nearest.hpp"
#include "runtime/base/config_validate.hpp"
#include "runtime/base/config_yaml_adapter.hpp"

namespace dhr {
namespace {

constexpr std::string_view top = "digital_human";
constexpr std::size_t file_bytes_max = 1'048'576;

// Variables that begin with DHR_ but set no key. DHR_CONFIG names the file, DHR_API_KEY is what the
// program's client commands bring.
constexpr std::string_view reserved_variables[] = {"DHR_CONFIG", "DHR_API_KEY"};

std::string joined(const std::vector<std::string>& parts, std::size_t first) {
  std::string path;
  for (auto i = first; i < parts.size(); ++i) path += (i > first ? "." : "") + parts[i];
  return path;
}

std::vector<std::string> key_paths() {
  std::vector<std::string> paths;
  for (const auto& key : config_schema()) paths.push_back(key.path);
  return paths;
}

bool is_part(std::string_view path) {
  const auto& parts = config_parts();
  return std::any_of(parts.begin(), parts.end(),
                     [&](const config_part& part) { return part.path == path; });
}

std::string nearest_of(const std::string& path, yaml::entry_kind kind) {
  if (kind != yaml::entry_kind::map) return nearest_path(path, key_paths());
  std::vector<std::string> parts;
  for (const auto& part : config_parts()) parts.push_back(part.path);
  return nearest_path(path, parts);
}

class loader {
 public:
  void take_file(std::string_view text, const std::string& name) {
    source_ = name;
    const auto reading = yaml::read(text);
    for (const auto& entry : reading.entries) take_entry(entry);
    if (reading.syntax) {
      const auto& problem = *reading.syntax;
      complain({config_fault::syntax, name, problem.line, problem.column, {}, {}, problem.what});
    }
  }

  void take_unreadable(const std::string& name, std::string why) {
    complain({config_fault::unreadable, name, 0, 0, {}, {}, std::move(why)});
  }

  void take_environment(const environment& variables) {
    source_ = "environment";
    for (const auto& [variable, path] : environment_aliases()) {
      const auto found = variables.find(std::string{variable});
      if (found == variables.end()) continue;
      take_value(*find_config_key(path), {found->second}, {source_, 0, 0, found->first});
    }
    for (const auto& [variable, value] : variables) {
      if (variable.starts_with("DHR_")) take_variable(variable, value);
    }
  }

  loaded_config finish() && {
    for (const auto& problem : check_relations(result_.values)) {
      const auto& keys = problem.keys;
      const bool refused = std::any_of(
          keys.begin(), keys.end(), [&](const std::string& key) { return refused_.contains(key); });
      if (!refused) complain_about(problem);
    }
    return std::move(result_);
  }

 private:
  void take_entry(const yaml::entry& entry) {
    config_complaint complaint{.source = source_, .line = entry.line, .column = entry.column};
    if (entry.path.front() != top) {
      if (entry.path.size() > 1) return;  // said once, for the whole of it
      complaint.key = entry.path.front();
      complaint.fault = config_fault::unknown_key;
      complaint.what = "is unknown; everything stands under " + std::string{top};
      return complain(std::move(complaint));
    }
    complaint.key = joined(entry.path, entry.path.size() > 1 ? 1 : 0);
    if (entry.duplicate) {
      complaint.fault = config_fault::duplicate_key;
      complaint.what = "stands in this place twice";
      return complain(std::move(complaint));
    }
    if (entry.path.size() == 1 || is_part(complaint.key)) {
      if (entry.kind == yaml::entry_kind::map || entry.kind == yaml::entry_kind::nothing) return;
      complaint.fault = config_fault::wrong_type;
      complaint.what = "must hold keys, not a value of its own";
      return complain(std::move(complaint));
    }
    take_leaf(entry, std::move(complaint));
  }

  void take_leaf(const yaml::entry& entry, config_complaint complaint) {
    const auto* key = find_config_key(complaint.key);
    const bool dotted = entry.path.back().find('.') != std::string::npos;
    if (key == nullptr || dotted) {
      if (is_inside_refused(entry)) return;
      complaint.fault = config_fault::unknown_key;
      complaint.what =
          dotted ? "is unknown; write each part on a line of its own"
                 : "is unknown; did you mean " + nearest_of(complaint.key, entry.kind) + "?";
      return complain(std::move(complaint));
    }
    if (entry.kind != yaml::entry_kind::scalar) {
      complaint.fault = config_fault::wrong_type;
      complaint.what = entry.kind == yaml::entry_kind::nothing
                           ? "has no value; it must be " + key->range
                           : "must be one value: " + key->range;
      return complain(std::move(complaint));
    }
    take_value(*key, {entry.text, entry.quoted}, {source_, entry.line, entry.column, {}});
  }

  // Below a key that is unknown, or that cannot hold keys: complained about already.
  [[nodiscard]] bool is_inside_refused(const yaml::entry& entry) const {
    for (auto length = entry.path.size() - 1; length > 1; --length) {
      const std::vector<std::string> above{
          entry.path.begin(), entry.path.begin() + static_cast<std::ptrdiff_t>(length)};
      if (refused_.contains(joined(above, 1))) return true;
    }
    return false;
  }

  void take_variable(const std::string& variable, const std::string& value) {
    if (std::ranges::find(reserved_variables, variable) != std::end(reserved_variables)) return;
    std::vector<std::string> names;
    for (const auto& key : config_schema()) {
      names.push_back(environment_name(key.path));
      if (names.back() != variable) continue;
      return take_value(key, {value}, {source_, 0, 0, variable});
    }
    const auto& aliases = environment_aliases();
    if (std::ranges::find(aliases, variable, &environment_alias::variable) != aliases.end()) return;
    complain({config_fault::unknown_key,
              source_,
              0,
              0,
              variable,
              {},
              "is unknown; did you mean " + nearest(variable, names) + "?"});
  }

  void take_value(const config_key& key, const written_value& written, config_origin origin) {
    if (auto problem = key.set(result_.values, written)) {
      refused_.insert(key.path);
      return complain({problem->fault, origin.source, origin.line, origin.column,
                       origin.variable.empty() ? key.path : origin.variable,
                       is_shown(key) ? written.text : "", std::move(problem->text)});
    }
    result_.origins.insert_or_assign(key.path, std::move(origin));
  }

  // A refused address may hold a password.
  static bool is_shown(const config_key& key) {
    return !key.is_secret && !key.path.ends_with(".base_url");
  }

  // The place is that of the first of the keys that somebody set.
  void complain_about(const relation_problem& problem) {
    config_complaint complaint{.fault = config_fault::relation, .source = "defaults"};
    for (auto key = problem.keys.rbegin(); key != problem.keys.rend(); ++key) {
      const auto origin = result_.origins.find(*key);
      if (origin == result_.origins.end()) continue;
      complaint.source = origin->second.source;
      if (!origin->second.variable.empty()) complaint.source += ' ' + origin->second.variable;
      complaint.line = origin->second.line;
      complaint.column = origin->second.column;
    }
    complaint.key = problem.keys.front();
    complaint.value = find_config_key(complaint.key)->get(result_.values);
    complaint.what = problem.what;
    complain(std::move(complaint));
  }

  void complain(config_complaint complaint) {
    refused_.insert(complaint.key);
    result_.complaints.push_back(std::move(complaint));
  }

  loaded_config result_;
  std::string source_;
  std::set<std::string> refused_;
};

}  // namespace

loaded_config load_config(const std::filesystem::path& file, const environment& variables) {
  loader load;
  if (!file.empty()) {
    std::error_code ignored;
    std::ifstream stream{file, std::ios::binary};
    if (!stream || std::filesystem::is_directory(file, ignored)) {
      load.take_unreadable(file.string(), "there is no such file, or it may not be read");
    } else {
      std::string text(file_bytes_max + 1, '\0');
      stream.read(text.data(), static_cast<std::streamsize>(text.size()));
      text.resize(static_cast<std::size_t>(stream.gcount()));
      if (text.size() > file_bytes_max) {
        load.take_unreadable(file.string(), "is larger than 1 MiB");
      } else {
        load.take_file(text, file.string());
      }
    }
  }
  load.take_environment(variables);
  return std::move(load).finish();
}

loaded_config parse_config(std::string_view yaml, const std::string& name,
                           const environment& variables) {
  loader load;
  load.take_file(yaml, name);
  load.take_environment(variables);
  return std::move(load).finish();
}

}  // namespace dhr
