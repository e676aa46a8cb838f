#pragma once
// How CAF carries what clients say to a session.

#include "actors/conversation/wire_caf.hpp"
#include "actors/ears/types_wire_caf.hpp"
#include "actors/session/directory_messages.hpp"
#include "actors/session/requests.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, conversation_item& x) {
  return f(caf::meta::type_name("conversation_item"), x.id, x.role, x.status, x.text, x.spoken,
           x.kind, x.call_id, x.name);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_settings& x) {
  return f(caf::meta::type_name("session_settings"), x.instructions, x.voice,
           wire::bits(x.speech_rate), x.modality, x.blendshapes, x.visemes, x.word_timestamps,
           x.idle_animation, x.sampling, x.listening, x.output, x.tools, x.choice);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, settings_patch& x) {
  return f(caf::meta::type_name("settings_patch"), wire::maybe(x.instructions),
           wire::maybe(x.voice), wire::maybe_bits(x.speech_rate), wire::maybe(x.modality),
           wire::maybe(x.blendshapes), wire::maybe(x.visemes), wire::maybe(x.word_timestamps),
           wire::maybe(x.idle_animation), wire::maybe_bits(x.temperature),
           wire::maybe_bits(x.top_p), wire::maybe(x.tokens_max), wire::maybe(x.input),
           wire::maybe(x.output), wire::maybe(x.detection), wire::maybe(x.transcription),
           wire::maybe(x.tools), wire::maybe(x.choice));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, turn_timings& x) {
  return f(caf::meta::type_name("turn_timings"), x.first_clause, x.first_speech, x.first_audio,
           x.total, x.hearing);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, update_session& x) {
  return f(caf::meta::type_name("update_session"), x.request, x.patch);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, create_item& x) {
  return f(caf::meta::type_name("create_item"), x.request, x.previous, x.item, x.audio);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, delete_item& x) {
  return f(caf::meta::type_name("delete_item"), x.request, x.item_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, retrieve_item& x) {
  return f(caf::meta::type_name("retrieve_item"), x.request, x.item_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, truncate_item& x) {
  return f(caf::meta::type_name("truncate_item"), x.request, x.item_id, x.audio_end_ms);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, create_response& x) {
  return f(caf::meta::type_name("create_response"), x.request, x.patch, x.out_of_band,
           wire::maybe(x.input), x.metadata, x.idempotency_key);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cancel_response& x) {
  return f(caf::meta::type_name("cancel_response"), x.request, x.response_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, append_audio& x) {
  return f(caf::meta::type_name("append_audio"), x.request, x.audio);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, commit_audio& x) {
  return f(caf::meta::type_name("commit_audio"), x.request);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, clear_audio& x) {
  return f(caf::meta::type_name("clear_audio"), x.request);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, clear_output& x) {
  return f(caf::meta::type_name("clear_output"), x.request);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, client_request& x) {
  return f(caf::meta::type_name("client_request"), wire::one_of(x.what));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, event_mark& x) {
  return f(caf::meta::type_name("event_mark"), x.epoch, x.sequence, x.index);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attach_client& x) {
  return f(caf::meta::type_name("attach_client"), x.paced, x.resumable, wire::maybe(x.seen),
           x.continues);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, drain_session& x) {
  return f(caf::meta::type_name("drain_session"), x.grace, x.moves);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, leave_conversation&) {
  return f(caf::meta::type_name("leave_conversation"));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_wish& x) {
  return f(caf::meta::type_name("node_wish"), x.zone, x.labels);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, open_conversation& x) {
  return f(caf::meta::type_name("open_conversation"), x.id, x.owner, x.wish, x.redirect_label);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hand_over_conversation& x) {
  return f(caf::meta::type_name("hand_over_conversation"), x.id, x.grace);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, keep_drained& x) {
  return f(caf::meta::type_name("keep_drained"), x.drained, x.grace);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, drain_all& x) {
  return f(caf::meta::type_name("drain_all"), x.grace, x.moves);
}

#define DHR_SESSION_REQUESTS_WIRE_TYPES                                                           \
  conversation_item, session_settings, settings_patch, turn_timings, update_session, create_item, \
      delete_item, retrieve_item, truncate_item, create_response, cancel_response, append_audio,  \
      commit_audio, clear_audio, clear_output, client_request, event_mark, attach_client,         \
      drain_session, leave_conversation, node_wish, open_conversation, hand_over_conversation,    \
      keep_drained, drain_all
DHR_INSPECTED_ELSEWHERE(DHR_SESSION_REQUESTS_WIRE_TYPES)

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_session, 370)
CAF_ADD_TYPE_ID(dhr_session, (dhr::client_request))
CAF_ADD_TYPE_ID(dhr_session, (dhr::attach_client))
CAF_ADD_TYPE_ID(dhr_session, (dhr::drain_session))
CAF_ADD_TYPE_ID(dhr_session, (dhr::open_conversation))
CAF_ADD_TYPE_ID(dhr_session, (dhr::drain_all))
CAF_ADD_TYPE_ID(dhr_session, (dhr::leave_conversation))
CAF_ADD_TYPE_ID(dhr_session, (dhr::hand_over_conversation))
CAF_ADD_TYPE_ID(dhr_session, (dhr::keep_drained))
CAF_END_TYPE_ID_BLOCK(dhr_session)
