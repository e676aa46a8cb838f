#pragma once
// A language model's file: its weights, its vocabulary, its chat template. The adapter around
// llama.cpp's model half; llama_runner.hpp is around the computing half.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/history.hpp"
#include "actors/conversation/messages.hpp"
#include "actors/conversation/sequence_table.hpp"

struct llama_model;
struct llama_sampler;

namespace dhr {

enum class language_log_level : std::uint8_t { debug, info, warning, error };
using language_log = std::function<void(language_log_level, std::string_view line)>;

// Where llama.cpp's own messages go from now on, for the whole process and from any thread; an
// empty sink discards them. Until it is called they go to stderr.
void set_language_log(language_log sink);

// Thread-safe after loading: everything is const.
class language_model {
 public:
  // errc::unavailable, with the path, if the file is missing or not a model with a chat template.
  [[nodiscard]] static result<std::shared_ptr<const language_model>> load(const std::string& path);
  ~language_model();
  language_model(const language_model&) = delete;
  language_model& operator=(const language_model&) = delete;

  // The messages in the model's own template, as tokens; with `opens_reply` the assistant's turn is
  // begun. Text that looks like one of the model's control tokens ("<|im_end|>") is taken apart, so
  // that no user can speak for another role.
  [[nodiscard]] result<std::vector<language_token>> tokenize_chat(
      const std::vector<chat_message>& messages, bool opens_reply) const;

  // The bytes of a token, possibly a part of a code point.
  [[nodiscard]] std::string piece(language_token token) const;
  // End of text, end of turn, or another control token, after which no reply goes on.
  [[nodiscard]] bool ends_reply(language_token token) const;
  // How its weights are kept, as llama.cpp calls it: "Q4_0", "F16".
  [[nodiscard]] std::string precision() const;
  [[nodiscard]] int count(std::string_view text) const;
  [[nodiscard]] ::llama_model* handle() const { return model_; }

 private:
  explicit language_model(::llama_model* model);
  [[nodiscard]] std::vector<language_token> tokenize(std::string_view text, bool is_prompt) const;
  [[nodiscard]] std::string without_control_tokens(std::string text) const;

  ::llama_model* model_;
  std::string template_;
  std::vector<std::string> control_texts_;
};

// Counts with the model's vocabulary, on any thread; keeps the model alive.
[[nodiscard]] token_counter make_token_counter(std::shared_ptr<const language_model> model);

struct sampler_deleter {
  void operator()(::llama_sampler* sampler) const;
};
using sampler_handle = std::unique_ptr<::llama_sampler, sampler_deleter>;

struct repeat_penalty {
  float factor = 1.1F;  // 1 is none
  int tokens = 64;      // of the reply, looked back
};

// The chain that picks the next token: the 40 likeliest, mild repeat penalty, then greedy at
// temperature 0, else top_p and temperature with the seed.
[[nodiscard]] sampler_handle make_sampler(const sampling_options& options,
                                          const repeat_penalty& penalty, std::uint32_t seed);

// The same turn draws the same tokens, whichever node it runs on (FNV-1a of the id's text).
[[nodiscard]] std::uint32_t seed_of(const turn_id& turn);

}  // namespace dhr
