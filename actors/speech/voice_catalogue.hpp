#pragma once
// Which voices there are, and which one a client means. Pure; immutable after construction, so any
// thread may read it.

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

class voice_catalogue {
 public:
  // The names of the voices that were loaded, the default one among them. errc::invalid_argument
  // if there are none or the default is not one of them; `where` is "voice".
  [[nodiscard]] static result<voice_catalogue> make(std::vector<std::string> names,
                                                    std::string default_name);

  // The voice for what a client asked: its own name, the default for "" and for the voice names of
  // the OpenAI API and of Azure. errc::not_found names those that exist.
  [[nodiscard]] result<std::string> resolve(std::string_view asked) const;

  [[nodiscard]] const std::string& default_name() const noexcept { return default_name_; }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

 private:
  voice_catalogue(std::vector<std::string> names, std::string default_name)
      : names_{std::move(names)}, default_name_{std::move(default_name)} {}
  std::vector<std::string> names_;
  std::string default_name_;
};

}  // namespace dhr
