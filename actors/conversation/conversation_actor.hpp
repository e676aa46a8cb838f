#pragma once
// The child of a session that thinks: shows the engine as much of the conversation as fits, and
// cuts what it writes into clauses for the voice. One reply at a time; a newer one or a cancel ends
// the one before, and what the engine still sends of it is dropped here.

#include <optional>
#include <unordered_map>

#include "actors/conversation/actors.hpp"
#include "actors/conversation/clause_splitter.hpp"
#include "actors/conversation/history.hpp"
#include "actors/conversation/tool_call_table.hpp"

namespace dhr {

struct conversation_config {
  // Prompt and reply together, in tokens of the engine. A reply may take sampling.tokens_max of it,
  // but never more than half; the prompt gets the rest.
  int context_tokens = 2048;
  clause_splitter_config clauses;
};

using reply_budget_atom = caf::atom_constant<caf::atom("budget")>;
// The interface with the actor's own timer.
using conversation_impl =
    conversation_actor::extend<caf::reacts_to<reply_budget_atom, turn_id>>;

// Lives on: a scheduler thread. Owned by: its actor.
class conversation_state {
 public:
  static inline const char* name = "conversation";
  using pointer = conversation_impl::stateful_pointer<conversation_state>;

  // A conversation that ends, for whatever reason, stops its engine from computing for nobody.
  ~conversation_state();

  void start(pointer self, conversation_client session, engine_actor engine,
             conversation_config config, token_counter count);
  void begin(const converse& request);
  void prepare(const prepare_reply& hint);
  void cancel(const turn_id& turn);
  void take(const token_piece& piece);
  void take_call(const tool_call_piece& piece);
  void finish(const generation_done& done);
  void fail_turn(const turn_id& turn, error reason);
  void budget_spent(const turn_id& turn);
  void changed(const engine_fallback& change);
  void down(const caf::down_msg& message);

 private:
  struct reply {
    turn_id turn;
    bool speak;
    clause_splitter splitter;
    std::uint32_t clauses = 0;
    tool_call_table calls;
  };
  [[nodiscard]] bool is_current(const turn_id& turn) const;
  void abandon();
  void say(std::vector<std::string> clauses);
  void break_off(error reason);
  result<generate> prompt_for(const converse& request);
  [[nodiscard]] int count_remembered(std::string_view text);

  pointer self_ = nullptr;
  conversation_client session_;
  engine_actor engine_;
  bool engine_down_ = false;
  conversation_config config_;
  token_counter count_;
  // Tokens of the messages of this conversation by their hash: the history comes anew with each
  // turn.
  std::unordered_map<std::size_t, int> counted_;
  std::optional<reply> reply_;
};

// Spawn with: self->spawn(conversation_behavior, session, engine, config, count). `count` is called
// on the actor's thread. Ends itself when the session goes down; when the engine goes down, this
// and every later reply fails with errc::unavailable.
conversation_impl::behavior_type conversation_behavior(conversation_state::pointer self,
                                                       conversation_client session,
                                                       engine_actor engine,
                                                       conversation_config config,
                                                       token_counter count);

}  // namespace dhr
