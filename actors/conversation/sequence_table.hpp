#pragma once
// Which conversation's tokens are in which sequence of the model's cache, and what has to leave
// when a new request comes. Pure bookkeeping; the cache itself is behind `kv_cache`.
//
//   personas:      | You are Ada, … |            read once, shared by all
//                       │ copied (costs no cell)
//   conversations: | You are Ada, … | Hello? | I am … | And now? | …
//
// The cache is one pool of cells, one per token; a copied prefix uses the cells of the original. A
// request reserves the cells for its prompt and its longest reply before it starts, so that it
// never runs out on the way. Idle conversations leave first, the least recently used one before
// others.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runtime/base/ids.hpp"

namespace dhr {

using language_token = std::int32_t;

// The model's cache of what it has read. Lengths and places are in tokens.
class kv_cache {
 public:
  virtual ~kv_cache() = default;
  virtual void keep(int sequence, int length) = 0;      // drops everything after `length`
  virtual void copy(int from, int to, int length) = 0;  // `to` is empty before
};

struct sequence_limits {
  int conversations_max = 16;
  int personas_max = 4;
  int cells = 4096;
};

class sequence_table {
 public:
  // Conversations use the sequences 0 to conversations_max - 1, personas those after. `cache` must
  // outlive the table.
  sequence_table(sequence_limits limits, kv_cache& cache);

  struct admission {
    int sequence;
    int cached;  // tokens at the beginning of the prompt that need not be read again
  };
  // Gives the conversation a sequence for a request of `prompt` (not empty) and up to `reply_max`
  // more tokens, or nothing while busy sequences hold what it needs. At least one token is left to
  // read. The conversation must not be busy.
  [[nodiscard]] std::optional<admission> admit(const conversation_id& conversation,
                                               std::span<const language_token> prompt,
                                               int reply_max);

  // Tokens were read into a busy sequence, at its end.
  void append(int sequence, std::span<const language_token> tokens);
  [[nodiscard]] int length(int sequence) const;

  // Remembers the first `length` tokens of a sequence as a persona, if it is new and there is room.
  void keep_persona(int sequence, int length);

  // The longest prefix of the prompt that a persona holds.
  [[nodiscard]] int persona_match(std::span<const language_token> prompt) const;

  // The request is over: the sequence becomes idle and keeps its tokens for the next turn.
  void release(int sequence);
  // Forgets a sequence and its tokens, busy or not.
  void drop(int sequence);

  [[nodiscard]] int cells_used() const;  // reserved ones included

 private:
  struct entry {
    conversation_id owner;  // empty for a persona
    std::vector<language_token> tokens;
    bool in_use = false;
    bool busy = false;
    int reserved = 0;  // cells, while busy
    int persona = -1;  // whose cells the first `shared` tokens use
    int shared = 0;
    std::uint64_t used = 0;  // larger is more recent
  };
  [[nodiscard]] int own_cells(const entry& e) const;
  [[nodiscard]] bool is_shared(int persona) const;
  [[nodiscard]] int find(const conversation_id& conversation) const;
  [[nodiscard]] int oldest_idle_conversation(int except) const;
  [[nodiscard]] int oldest_unshared_persona(int except) const;
  [[nodiscard]] int best_persona(std::span<const language_token> prompt, int& match) const;
  [[nodiscard]] bool make_room(int cells, int sequence, int persona);
  void shorten(int sequence, int length);

  sequence_limits limits_;
  kv_cache& cache_;
  std::vector<entry> entries_;  // conversations, then personas
  std::uint64_t uses_ = 0;
};

}  // namespace dhr
