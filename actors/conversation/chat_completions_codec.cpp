#include "actors/conversation/chat_completions_codec.hpp"

#include <boost/json.hpp>

namespace dhr {
namespace {

namespace json = boost::json;

// The member of that name, or null where there is none or it is null or of another type.
const json::object* object_in(const json::object& from, std::string_view name) {
  const auto* member = from.if_contains(name);
  return member != nullptr ? member->if_object() : nullptr;
}

std::string text_in(const json::object& from, std::string_view name) {
  const auto* member = from.if_contains(name);
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? std::string{*text} : std::string{};
}

int number_in(const json::object& from, std::string_view name) {
  const auto* member = from.if_contains(name);
  const auto* number = member != nullptr ? member->if_int64() : nullptr;
  return number != nullptr ? static_cast<int>(*number) : 0;
}

token_usage usage_of(const json::object& usage) {
  const auto* details = object_in(usage, "prompt_tokens_details");
  return {number_in(usage, "prompt_tokens"),
          details != nullptr ? number_in(*details, "cached_tokens") : 0,
          number_in(usage, "completion_tokens")};
}

}  // namespace

std::string encode_chat_request(const generate& request, const std::string& model) {
  json::array messages;
  for (const auto& message : request.messages) {
    messages.push_back({{"role", message.role}, {"content", message.content}});
  }
  return json::serialize(json::object{{"model", model},
                                      {"messages", std::move(messages)},
                                      {"temperature", request.sampling.temperature},
                                      {"top_p", request.sampling.top_p},
                                      {"max_tokens", request.sampling.tokens_max},
                                      {"stream", true},
                                      {"stream_options", {{"include_usage", true}}}});
}

result<chat_chunk> decode_chat_chunk(std::string_view data) {
  chat_chunk chunk;
  if (data == "[DONE]") {
    chunk.done = true;
    return chunk;
  }
  boost::system::error_code problem;
  const auto parsed = json::parse(data, problem);
  const auto* root = problem ? nullptr : parsed.if_object();
  if (root == nullptr) return fail(errc::failed, "the language server sent what is no JSON object");
  if (const auto* trouble = object_in(*root, "error")) {
    return fail(errc::unavailable, "the language server said: " + text_in(*trouble, "message"));
  }
  // SGLang's flat form of the same.
  if (text_in(*root, "object") == "error") {
    return fail(errc::unavailable, "the language server said: " + text_in(*root, "message"));
  }
  if (const auto* usage = object_in(*root, "usage")) chunk.usage = usage_of(*usage);
  const auto* member = root->if_contains("choices");
  const auto* choices = member != nullptr ? member->if_array() : nullptr;
  if (choices == nullptr || choices->empty() || !choices->front().is_object()) return chunk;
  const auto& choice = choices->front().get_object();
  if (const auto* delta = object_in(choice, "delta")) chunk.text = text_in(*delta, "content");
  const auto reason = text_in(choice, "finish_reason");
  if (reason == "abort") return fail(errc::failed, "the language server broke its reply off");
  if (reason == "length") {
    chunk.finish = finish_reason::max_tokens;
  } else if (!reason.empty()) {
    chunk.finish = finish_reason::stop;
  }
  return chunk;
}

}  // namespace dhr
