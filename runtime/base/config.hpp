#pragma once
// What a person may set: one struct per part (settings_*.hpp), with defaults and units. A key's
// path in config/digital_human.yml is the member's path here (`conversation.max_tokens`), so the
// keys keep the file's names. Ranges and meanings: config_schema_*.cpp; checks:
// config_validate.cpp.
//
// Plain values, copied to whoever needs them; only main reads the file and the environment
// (config_load.hpp).

#include <filesystem>
#include <string>

#include "runtime/base/settings_conversation.hpp"
#include "runtime/base/settings_doors.hpp"
#include "runtime/base/settings_face.hpp"
#include "runtime/base/settings_runtime.hpp"
#include "runtime/base/settings_speech.hpp"

namespace dhr {

// `digital_human:` of the file.
struct config {
  settings::conversation conversation;
  settings::voice voice;
  settings::ears ears;
  settings::avatar avatar;
  settings::audio2face audio2face;
  settings::emotions emotions;
  settings::gpu gpu;
  settings::doors doors;
  settings::runtime runtime;
  settings::store store;
  settings::cluster cluster;
  settings::log log;
};

// Where a model file of the configuration is: as given if absolute, else below deps_dir/models.
[[nodiscard]] inline std::filesystem::path model_path(const std::filesystem::path& deps_dir,
                                                      const std::string& file) {
  return deps_dir / "models" / file;  // an absolute `file` replaces what stands before it
}

}  // namespace dhr
