#pragma once
// A small page on disk, for the door to show.

#include <filesystem>
#include <fstream>
#include <string>

#include "net/http/router.hpp"
#include "runtime/base/ids.hpp"

namespace dhr::testing {

class page_on_disk {
 public:
  page_on_disk()
      : folder_{std::filesystem::temp_directory_path() / make_random_id("dhr_http_test_")} {
    write("web/index.html", "<!doctype html><title>page</title>");
    write("web/app.js", "export {};");
    write("web/.secret", "hidden");
    write("web/node_modules/three/build/three.module.js", "// three");
    write("web/node_modules/other/index.js", "// other");
    write("outside.txt", "private");
    write("head.glb", "glTF");
    std::filesystem::create_symlink(folder_ / "outside.txt", folder_ / "web" / "link.txt");
  }
  ~page_on_disk() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  page_on_disk(const page_on_disk&) = delete;
  page_on_disk& operator=(const page_on_disk&) = delete;

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream{folder_ / name} << text;
  }

  [[nodiscard]] http::site site() const {
    http::site shown;
    shown.web_root = folder_ / "web";
    shown.head_model = folder_ / "head.glb";
    shown.realtime_port = 8'081;
    shown.voices = {"joe", "slt"};
    shown.default_voice = "joe";
    shown.readiness = [] {
      return std::vector<http::part_readiness>{{"voice", true, ""}, {"language", true, ""}};
    };
    shown.metrics_text = [] { return std::string{"digital_human_sessions 0\n"}; };
    shown.status_json = [] { return std::string{R"({"sessions":0})"}; };
    return shown;
  }

 private:
  std::filesystem::path folder_;
};

// The content of a reply, wherever it comes from.
inline std::string content_of(const http::reply& answer) {
  if (answer.file.empty()) return answer.body;
  std::ifstream file{answer.file};
  return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::string header_of(const http::reply& answer, const std::string& name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace dhr::testing
