#pragma once
// Writes one reply: picks its tokens and tells speech from a function call. With a grammar the
// reply is a call, either from its first token on, or, where the model may choose, once it begins
// like one; until that is known its first characters are held back. The adapter around llama.cpp's
// samplers.

#include <optional>
#include <variant>
#include <vector>

#include "actors/conversation/language_model.hpp"
#include "actors/conversation/tag_gate.hpp"
#include "actors/conversation/tool_prompt.hpp"
#include "actors/conversation/utf8_gate.hpp"

struct llama_context;

namespace dhr {

using generation_event =
    std::variant<token_piece, tool_call_piece, generation_done, generation_failed>;

// Lives on: the language worker's thread. Owned by: the runner.
class reply_writer {
 public:
  // errc::invalid_argument if no grammar can be made of the request's tools. `tokens_max` is at
  // least 1.
  [[nodiscard]] static result<reply_writer> make(std::shared_ptr<const language_model> model,
                                                 const generate& request,
                                                 const repeat_penalty& penalty, int tokens_max);

  // What became of one token: the token to read next, or the end of the reply.
  struct step {
    language_token next = 0;
    std::optional<finish_reason> ended;
    std::optional<error> failed;
  };
  // Picks the token after the one whose logits are at that place of the last batch; appends what it
  // says to `events`.
  [[nodiscard]] step write(::llama_context* context, int logits_at,
                           std::vector<generation_event>& events);

  [[nodiscard]] int written() const noexcept { return written_; }

 private:
  enum class mode { speech, first_word, undecided, call };
  [[nodiscard]] bool allows(language_token token) const;
  [[nodiscard]] std::optional<language_token> pick(::llama_context* context, int logits_at);
  [[nodiscard]] std::optional<language_token> pick_allowed(::llama_context* context, int logits_at);
  [[nodiscard]] result<void> bind(const generate& request);
  [[nodiscard]] step end_speech(finish_reason reason, std::vector<generation_event>& events);
  void decide(language_token token);
  void say(std::string text, std::vector<generation_event>& events);
  void call(const std::string& text, std::vector<generation_event>& events);

  std::shared_ptr<const language_model> model_;
  turn_id turn_;
  int tokens_max_ = 1;
  int written_ = 0;
  mode mode_ = mode::speech;
  sampler_handle sampler_;
  sampler_handle grammar_;
  std::string held_;
  tool_call_reader reader_;
  utf8_gate gate_;
  std::optional<tag_gate> tags_;  // where the model has seen some
};

}  // namespace dhr
