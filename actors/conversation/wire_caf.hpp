#pragma once
// How CAF carries the conversation room's messages.

#include "actors/conversation/messages.hpp"
#include "runtime/base/wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, tool_definition& x) {
  return f(caf::meta::type_name("tool_definition"), x.name, x.description, x.parameters);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, tool_choice& x) {
  return f(caf::meta::type_name("tool_choice"), x.kind, x.function);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, tool_call& x) {
  return f(caf::meta::type_name("tool_call"), x.call_id, x.name, x.arguments);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, chat_message& x) {
  return f(caf::meta::type_name("chat_message"), x.role, x.content, x.tool_calls, x.tool_call_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sampling_options& x) {
  return f(caf::meta::type_name("sampling_options"), wire::bits(x.temperature), wire::bits(x.top_p),
           x.tokens_max);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, token_usage& x) {
  return f(caf::meta::type_name("token_usage"), x.input_tokens, x.cached_tokens, x.output_tokens);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, generate& x) {
  return f(caf::meta::type_name("generate"), x.turn, x.messages, x.sampling, x.budget, x.tools,
           x.choice);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, prefill& x) {
  return f(caf::meta::type_name("prefill"), x.turn, x.messages, x.tools, x.choice, x.useful_for);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cancel_generation& x) {
  return f(caf::meta::type_name("cancel_generation"), x.turn);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, token_piece& x) {
  return f(caf::meta::type_name("token_piece"), x.turn, x.text);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, tool_call_piece& x) {
  return f(caf::meta::type_name("tool_call_piece"), x.turn, x.index, x.call_id, x.name,
           x.arguments);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, generation_done& x) {
  return f(caf::meta::type_name("generation_done"), x.turn, x.usage, x.reason);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, generation_failed& x) {
  return f(caf::meta::type_name("generation_failed"), x.turn, x.reason);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, engine_fallback& x) {
  return f(caf::meta::type_name("engine_fallback"), x.turn, x.from, x.to, x.why);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, converse& x) {
  return f(caf::meta::type_name("converse"), x.turn, x.instructions, x.history, x.sampling, x.speak,
           x.budget, x.tools, x.choice);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, prepare_reply& x) {
  return f(caf::meta::type_name("prepare_reply"), x.turn, x.instructions, x.history, x.partial,
           x.sampling, x.tools, x.choice);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cancel_reply& x) {
  return f(caf::meta::type_name("cancel_reply"), x.turn);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, clause_ready& x) {
  return f(caf::meta::type_name("clause_ready"), x.turn, x.index, x.text);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, text_ready& x) {
  return f(caf::meta::type_name("text_ready"), x.turn, x.text);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, function_call_piece& x) {
  return f(caf::meta::type_name("function_call_piece"), x.turn, x.index, x.call_id, x.name,
           x.arguments);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, function_call_ready& x) {
  return f(caf::meta::type_name("function_call_ready"), x.turn, x.index, x.call_id, x.name,
           x.arguments);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, reply_finished& x) {
  return f(caf::meta::type_name("reply_finished"), x.turn, x.clauses, x.usage, x.reason,
           x.function_calls);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, reply_failed& x) {
  return f(caf::meta::type_name("reply_failed"), x.turn, x.reason);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, engine_changed& x) {
  return f(caf::meta::type_name("engine_changed"), x.turn, x.from, x.to, x.why);
}

#define DHR_CONVERSATION_WIRE_TYPES                                                               \
  tool_definition, tool_choice, tool_call, chat_message, sampling_options, token_usage, generate, \
      prefill, cancel_generation, token_piece, tool_call_piece, generation_done,                  \
      generation_failed, engine_fallback, converse, prepare_reply, cancel_reply, clause_ready,    \
      text_ready, function_call_piece, function_call_ready, reply_finished, reply_failed,         \
      engine_changed
DHR_INSPECTED_ELSEWHERE(DHR_CONVERSATION_WIRE_TYPES)

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_conversation, 300)
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::generate))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::cancel_generation))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::token_piece))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::generation_done))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::generation_failed))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::converse))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::cancel_reply))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::clause_ready))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::text_ready))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::reply_finished))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::reply_failed))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::engine_changed))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::engine_fallback))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::tool_call_piece))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::function_call_piece))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::function_call_ready))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::prefill))
CAF_ADD_TYPE_ID(dhr_conversation, (dhr::prepare_reply))
CAF_END_TYPE_ID_BLOCK(dhr_conversation)

namespace dhr {

// Makes the messages of this room known to a system.
void add_conversation_messages(caf::actor_system_config& config);

}  // namespace dhr
