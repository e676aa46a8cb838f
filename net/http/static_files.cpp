#include "net/http/static_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace dhr::http {
namespace {

namespace fs = std::filesystem;

reply not_found(std::string_view path) {
  return error_reply(404, "not_found", "there is no '" + std::string{path} + "' here");
}

// No hidden name, no way up, nothing that a file system reads in its own way.
bool is_plain(std::string_view path) {
  if (path.find('\\') != std::string_view::npos || path.find('\0') != std::string_view::npos) {
    return false;
  }
  return path.find("/.") == std::string_view::npos && !path.starts_with('.');
}

bool lies_inside(const fs::path& file, const fs::path& folder) {
  const auto [last, ignored] =
      std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  return last == folder.end();
}

// The file that a path below a mount means, or an empty path.
fs::path find(const mount& mount, std::string_view below) {
  std::error_code trouble;
  const auto root = fs::canonical(mount.place, trouble);
  if (trouble) return {};
  if (below.empty() && fs::is_regular_file(root, trouble)) return root;
  auto file = root / fs::path{below};
  if (below.empty() || below.ends_with('/')) file /= "index.html";
  file = fs::canonical(file, trouble);  // follows links, so that none leads outside
  if (trouble || !lies_inside(file, root) || !fs::is_regular_file(file, trouble)) return {};
  return file;
}

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  return {digits.data(), end};
}

std::string etag_of(const fs::path& file) {
  std::error_code trouble;
  const auto size = fs::file_size(file, trouble);
  const auto written = fs::last_write_time(file, trouble).time_since_epoch().count();
  return '"' + hexadecimal(size) + '-' + hexadecimal(static_cast<std::uint64_t>(written)) + '"';
}

// RFC 9110: a list of tags, compared without the mark of weakness, or "*".
bool names(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

}  // namespace

static_files::static_files(std::vector<mount> mounts) : mounts_{std::move(mounts)} {}

reply static_files::get(std::string_view path, std::string_view if_none_match) const {
  if (!is_plain(path)) return not_found(path);
  const auto mount = std::find_if(mounts_.begin(), mounts_.end(),
                                  [&](const auto& m) { return path.starts_with(m.prefix); });
  if (mount == mounts_.end()) return not_found(path);
  const auto file = find(*mount, path.substr(mount->prefix.size()));
  if (file.empty()) return not_found(path);
  reply answer;
  const auto etag = etag_of(file);
  answer.headers = {{"ETag", etag}, {"Cache-Control", mount->cache_control}};
  answer.content_type = mime_type(file);
  if (names(if_none_match, etag)) {
    answer.status = 304;
  } else {
    answer.file = file;
  }
  return answer;
}

std::string_view mime_type(const fs::path& file) {
  struct entry {
    std::string_view extension;
    std::string_view type;
  };
  static constexpr std::array<entry, 16> types{{{".html", "text/html; charset=utf-8"},
                                                {".js", "text/javascript; charset=utf-8"},
                                                {".mjs", "text/javascript; charset=utf-8"},
                                                {".css", "text/css; charset=utf-8"},
                                                {".json", "application/json"},
                                                {".map", "application/json"},
                                                {".svg", "image/svg+xml"},
                                                {".png", "image/png"},
                                                {".jpg", "image/jpeg"},
                                                {".webp", "image/webp"},
                                                {".ico", "image/x-icon"},
                                                {".glb", "model/gltf-binary"},
                                                {".hdr", "image/vnd.radiance"},
                                                {".wasm", "application/wasm"},
                                                {".woff2", "font/woff2"},
                                                {".txt", "text/plain; charset=utf-8"}}};
  const auto extension = file.extension().string();
  const auto found = std::find_if(types.begin(), types.end(),
                                  [&](const entry& e) { return e.extension == extension; });
  return found == types.end() ? "application/octet-stream" : found->type;
}

}  // namespace dhr::http
