#include "net/http/router.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/url.hpp>

#include "actors/ears/audio_file_adapter.hpp"

namespace dhr::http {
namespace {

namespace json = boost::json;

constexpr auto revalidate = "no-cache";
constexpr auto an_hour = "public, max-age=3600";
constexpr auto never = "no-store";

std::vector<mount> mounts_of(const site& shown) {
  return {{"/vendor/three/", shown.web_root / "node_modules" / "three", an_hour},
          {"/models/head.glb", shown.head_model, revalidate},
          {"/", shown.web_root, revalidate}};
}

reply json_reply(std::string body, int status = 200) {
  reply answer;
  answer.status = status;
  answer.body = std::move(body);
  answer.headers.emplace_back("Cache-Control", never);
  return answer;
}

reply wrong_method(const request& asked, std::string allowed) {
  auto answer = error_reply(405, "method_not_allowed",
                            "'" + asked.method + "' is not allowed here, " + allowed + " is");
  answer.headers.emplace_back("Allow", std::move(allowed));
  return answer;
}

constexpr auto interactions = "/v1/interactions";

// Without its parameters, in lower case.
std::string media_type(std::string_view content_type) {
  auto type = std::string{content_type.substr(0, content_type.find(';'))};
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  while (type.ends_with(' ')) type.pop_back();
  return type;
}

std::variant<reply, interaction_request> interact(const request& asked,
                                                  const boost::urls::url_view& url) {
  if (asked.method != "POST") return wrong_method(asked, "POST");
  const auto type = media_type(asked.content_type);
  const bool is_sound = type.starts_with("audio/");
  if (!is_sound && type != "application/json") {
    return error_reply(415, "unsupported_media_type",
                       "the content type must be application/json, or audio/* for a body that is a "
                       "file of audio (" +
                           std::string{audio_files_read} + ")");
  }
  std::vector<std::pair<std::string, std::string>> query;
  for (const auto& parameter : url.params()) query.emplace_back(parameter.key, parameter.value);
  auto decoded =
      is_sound ? decode_spoken_interaction(asked.body, query) : decode_interaction(asked.body);
  if (!decoded) return error_reply(400, decoded.assume_error());
  if (asked.idempotency_key.size() > idempotency_key_bytes_max) {
    return error_reply(400, "invalid_value",
                       "the header Idempotency-Key is longer than " +
                           std::to_string(idempotency_key_bytes_max) + " bytes");
  }
  decoded.assume_value().idempotency_key = asked.idempotency_key;
  return std::move(decoded).assume_value();
}

}  // namespace

router::router(site shown) : site_{std::move(shown)}, files_{mounts_of(site_)} {}

std::variant<reply, interaction_request> router::route(const request& asked) const {
  const auto url = boost::urls::parse_origin_form(asked.target);
  if (!url) return error_reply(400, "invalid_request", "the request's target is not a path");
  const auto path = url->path();
  if (path == interactions) return interact(asked, *url);
  if (asked.method != "GET" && asked.method != "HEAD") return wrong_method(asked, "GET, HEAD");
  return get(path, asked);
}

// The page's files hold nothing to protect, and a browser could not bring a key for each; its
// configuration asks for the key, so that the page knows at once that it needs one.
door::openness router::openness_of(std::string_view target) {
  const auto url = boost::urls::parse_origin_form(target);
  if (!url) return door::openness::everyone;  // is answered by 400
  const auto path = url->path();
  if (path == "/metrics" || path == "/v1/status") return door::openness::loopback;
  const bool keyed = path == "/config.json" || path.starts_with("/v1/");
  return keyed ? door::openness::keyed : door::openness::everyone;
}

bool router::takes_sound(std::string_view target, std::string_view content_type) {
  const auto url = boost::urls::parse_origin_form(target);
  return url && url->path() == interactions && media_type(content_type).starts_with("audio/");
}

reply router::get(const std::string& path, const request& asked) const {
  if (path == "/health/live") return json_reply(R"({"status":"alive"})");
  if (path == "/health/ready") return readiness();
  if (path == "/config.json") return page_config();
  if (path == "/v1/status") return json_reply(site_.status_json());
  if (path == "/metrics") {
    auto answer = json_reply(site_.metrics_text());
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return answer;
  }
  // The packages are there for /vendor/ alone.
  if (path.starts_with("/node_modules")) {
    return error_reply(404, "not_found", "there is no '" + path + "' here");
  }
  return files_.get(path, asked.if_none_match);
}

reply router::page_config() const {
  json::array names;
  for (const auto name : blendshape_names) names.emplace_back(name);
  return json_reply(json::serialize(json::object{
      {"realtime", json::object{{"port", site_.realtime_port}, {"path", "/v1/realtime"}}},
      {"fps", site_.fps},
      {"sample_rate", speech_sample_rate},
      {"voices", json::array(site_.voices.begin(), site_.voices.end())},
      {"default_voice", site_.default_voice},
      {"blendshapes", std::move(names)},
      {"head", "/models/head.glb"}}));
}

reply router::readiness() const {
  json::object parts;
  bool all = true;
  for (const auto& part : site_.readiness()) {
    all = all && part.ready;
    parts[part.name] = json::object{{"ready", part.ready}, {"detail", part.detail}};
  }
  return json_reply(json::serialize(json::object{{"ready", all}, {"parts", std::move(parts)}}),
                    all ? 200 : 503);
}

}  // namespace dhr::http
