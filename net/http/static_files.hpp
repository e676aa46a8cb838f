#pragma once
// Files of the page. Looks at the disk; never outside of a folder that it was given.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "net/http/message.hpp"

namespace dhr::http {

// One folder (or file) and where it appears.
struct mount {
  std::string prefix;           // "/vendor/three/"; of a file its whole path
  std::filesystem::path place;  // absolute or relative to the working directory
  std::string cache_control;
};

class static_files {
 public:
  // The first mount whose prefix fits is taken.
  explicit static_files(std::vector<mount> mounts);

  // `path` is decoded, begins with '/' and holds no query. 404 for what is not there, is hidden or
  // lies outside; 304 if `if_none_match` names what is there.
  [[nodiscard]] reply get(std::string_view path, std::string_view if_none_match) const;

 private:
  std::vector<mount> mounts_;
};

// By the name's extension; application/octet-stream if it is not known.
[[nodiscard]] std::string_view mime_type(const std::filesystem::path& file);

}  // namespace dhr::http
