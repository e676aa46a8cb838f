#include "actors/ears/transcriptions_codec.hpp"

#include <boost/json.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "actors/ears/types.hpp"
#include "actors/speech/wav.hpp"

namespace dhr {
namespace {

namespace json = boost::json;

struct form_part {
  std::string head;
  std::string content;
};

form_part field(std::string_view name, std::string value) {
  return {"Content-Disposition: form-data; name=\"" + std::string{name} + "\"\r\n",
          std::move(value)};
}

// A line that is in none of the parts.
std::string boundary_for(const std::vector<form_part>& parts) {
  std::string boundary = "dhr-form-boundary";
  for (std::size_t i = 0; i < parts.size();) {
    if (parts[i].content.find(boundary) == std::string::npos) {
      ++i;
    } else {
      boundary += "-x";
      i = 0;
    }
  }
  return boundary;
}

std::string_view without_space(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) + 1 - first);
}

// What servers put under "error": an object with a message, or a text.
std::string words_of_error(const json::value& trouble) {
  if (const auto* text = trouble.if_string()) return std::string{*text};
  const auto* object = trouble.if_object();
  const auto* message = object != nullptr ? object->if_contains("message") : nullptr;
  const auto* text = message != nullptr ? message->if_string() : nullptr;
  return text != nullptr ? std::string{*text} : json::serialize(trouble);
}

}  // namespace

std::string transcriptions_url(std::string base_url) {
  while (base_url.ends_with('/')) base_url.pop_back();
  if (!base_url.ends_with("/v1")) base_url += "/v1";
  return base_url + "/audio/transcriptions";
}

form_data encode_transcription_form(const transcribe& request, const std::string& model) {
  std::vector<form_part> parts;
  parts.push_back(
      {"Content-Disposition: form-data; name=\"file\"; filename=\"audio.wav\"\r\n"
       "Content-Type: audio/wav\r\n",
       wav_file(request.pcm.as<std::int16_t>(), static_cast<std::uint32_t>(hearing_sample_rate))});
  parts.push_back(field("model", model));
  parts.push_back(field("response_format", "json"));
  if (!request.language.empty()) parts.push_back(field("language", request.language));
  if (!request.prompt.empty()) parts.push_back(field("prompt", request.prompt));
  const auto boundary = boundary_for(parts);
  form_data form{"multipart/form-data; boundary=" + boundary, {}};
  for (const auto& part : parts) {
    form.body += "--" + boundary + "\r\n" + part.head + "\r\n" + part.content + "\r\n";
  }
  form.body += "--" + boundary + "--\r\n";
  return form;
}

result<std::string> decode_transcription(std::string_view body) {
  boost::system::error_code problem;
  const auto parsed = json::parse(body, problem);
  const auto* root = problem ? nullptr : parsed.if_object();
  if (root == nullptr) {
    return fail(errc::failed, "the transcription server sent what is no JSON object");
  }
  if (const auto* trouble = root->if_contains("error"); trouble != nullptr && !trouble->is_null()) {
    return fail(errc::unavailable, "the transcription server said: " + words_of_error(*trouble));
  }
  const auto* member = root->if_contains("text");
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  if (text == nullptr) return fail(errc::failed, "the transcription server sent no text");
  return std::string{without_space(*text)};
}

}  // namespace dhr
