#pragma once
// Which path is what. No socket: a request in, a reply or an interaction to carry out.

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/door/access.hpp"
#include "net/http/interaction.hpp"
#include "net/http/message.hpp"
#include "net/http/static_files.hpp"

namespace dhr::http {

struct part_readiness {
  std::string name;
  bool ready = false;
  std::string detail;  // a sentence for a person; may be empty
};

// What the door shows. The callbacks are called on network threads and must return at once.
struct site {
  std::filesystem::path web_root;    // index.html, and node_modules/three for /vendor/three/
  std::filesystem::path head_model;  // /models/head.glb
  int realtime_port = 8'080;         // told to the page
  int fps = 30;
  std::vector<std::string> voices;
  std::string default_voice;
  std::function<std::vector<part_readiness>()> readiness;
  std::function<std::string()> metrics_text;  // Prometheus' text format
  std::function<std::string()> status_json;
};

class router {
 public:
  explicit router(site shown);

  [[nodiscard]] std::variant<reply, interaction_request> route(const request& asked) const;

  // How far a request's target is open to those without a key.
  [[nodiscard]] static door::openness openness_of(std::string_view target);

  // Whether a request's body is a file of sound, which may be as long as sound_bytes_max.
  [[nodiscard]] static bool takes_sound(std::string_view target, std::string_view content_type);

  [[nodiscard]] int fps() const noexcept { return site_.fps; }

 private:
  [[nodiscard]] reply get(const std::string& path, const request& asked) const;
  [[nodiscard]] reply page_config() const;
  [[nodiscard]] reply readiness() const;

  site site_;
  static_files files_;
};

}  // namespace dhr::http
