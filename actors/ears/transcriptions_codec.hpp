#pragma once
// The OpenAI API's audio transcriptions: POST {base}/v1/audio/transcriptions, a form (RFC 7578)
// with a WAV file, answered by JSON. Pure; any thread.

#include <string>
#include <string_view>

#include "actors/ears/transcription_messages.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// The address of the transcriptions below a base address, with or without /v1.
[[nodiscard]] std::string transcriptions_url(std::string base_url);

struct form_data {
  std::string content_type;  // names the boundary
  std::string body;
};

// The request's sound, language and prompt (where there are any) as a form for this model.
[[nodiscard]] form_data encode_transcription_form(const transcribe& request,
                                                  const std::string& model);

// The words of an answer, without the space around them. errc::failed for what is no such answer;
// errc::unavailable for an error that the server reports.
[[nodiscard]] result<std::string> decode_transcription(std::string_view body);

}  // namespace dhr
