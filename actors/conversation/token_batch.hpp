#pragma once
// Tokens of several sequences on their way into the model. Includes llama.h: for the runner alone.

#include <llama.h>

#include "actors/conversation/sequence_table.hpp"

namespace dhr {

// Lives on: the language worker's thread. Owned by: the runner.
class token_batch {
 public:
  explicit token_batch(int tokens_max) : batch_{llama_batch_init(tokens_max, 0, 1)} {}
  ~token_batch() { llama_batch_free(batch_); }
  token_batch(const token_batch&) = delete;
  token_batch& operator=(const token_batch&) = delete;

  void clear() { batch_.n_tokens = 0; }
  [[nodiscard]] int size() const { return batch_.n_tokens; }
  // Returns where in the batch the token is. At most `tokens_max` between two clears.
  int add(language_token token, int position, int sequence, bool wants_logits) {
    const int at = batch_.n_tokens++;
    batch_.token[at] = token;
    batch_.pos[at] = position;
    batch_.n_seq_id[at] = 1;
    batch_.seq_id[at][0] = sequence;
    batch_.logits[at] = wants_logits ? 1 : 0;
    return at;
  }
  [[nodiscard]] const llama_batch& get() const { return batch_; }

 private:
  llama_batch batch_;
};

}  // namespace dhr
