#include "actors/speech/voice_catalogue.hpp"

#include <algorithm>
#include <array>

namespace dhr {
namespace {

constexpr std::array<std::string_view, 10> openai_names = {
    "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"};

// "en-US-AvaNeural", "en-US-Ava:DragonHDLatestNeural": a language, a region, a name that ends so.
bool is_azure_name(std::string_view name) {
  return name.size() > 12 && name[2] == '-' && name.ends_with("Neural");
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "'" : ", '") + name + "'";
  return list;
}

}  // namespace

result<voice_catalogue> voice_catalogue::make(std::vector<std::string> names,
                                              std::string default_name) {
  if (names.empty()) return fail(errc::invalid_argument, "no voice could be loaded", "voice");
  if (std::find(names.begin(), names.end(), default_name) == names.end()) {
    return fail(errc::invalid_argument,
                "the default voice '" + default_name + "' is not one of " + listed(names), "voice");
  }
  return voice_catalogue{std::move(names), std::move(default_name)};
}

result<std::string> voice_catalogue::resolve(std::string_view asked) const {
  if (asked.empty() || is_azure_name(asked) ||
      std::find(openai_names.begin(), openai_names.end(), asked) != openai_names.end()) {
    return default_name_;
  }
  if (std::find(names_.begin(), names_.end(), asked) != names_.end()) return std::string{asked};
  return fail(errc::not_found,
              "there is no voice '" + std::string{asked} + "'; there are " + listed(names_) +
                  ", and the names of OpenAI and Azure stand for '" + default_name_ + "'",
              "voice");
}

}  // namespace dhr
