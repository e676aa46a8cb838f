#pragma once
// How CAF carries the session room's messages.

#include "actors/avatar/wire_caf.hpp"
#include "actors/conversation/wire_caf.hpp"
#include "actors/session/messages.hpp"
#include "actors/speech/wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, conversation_item& x) {
  return f(caf::meta::type_name("conversation_item"), x.id, x.role, x.status, x.text, x.spoken);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_settings& x) {
  return f(caf::meta::type_name("session_settings"), x.instructions, x.voice,
           wire::bits(x.speech_rate), x.modality, x.blendshapes, x.visemes, x.word_timestamps,
           x.idle_animation, x.sampling);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, settings_patch& x) {
  return f(caf::meta::type_name("settings_patch"), wire::maybe(x.instructions),
           wire::maybe(x.voice), wire::maybe_bits(x.speech_rate), wire::maybe(x.modality),
           wire::maybe(x.blendshapes), wire::maybe(x.visemes), wire::maybe(x.word_timestamps),
           wire::maybe(x.idle_animation), wire::maybe_bits(x.temperature),
           wire::maybe_bits(x.top_p), wire::maybe(x.tokens_max));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, turn_timings& x) {
  return f(caf::meta::type_name("turn_timings"), x.first_clause, x.first_speech, x.first_audio,
           x.total);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, update_session& x) {
  return f(caf::meta::type_name("update_session"), x.request, x.patch);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, create_item& x) {
  return f(caf::meta::type_name("create_item"), x.request, x.previous, x.item);
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
typename Inspector::result_type inspect(Inspector& f, create_response& x) {
  return f(caf::meta::type_name("create_response"), x.request, x.patch);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cancel_response& x) {
  return f(caf::meta::type_name("cancel_response"), x.request, x.response_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, attach_client& x) {
  return f(caf::meta::type_name("attach_client"), x.paced);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, drain_session& x) {
  return f(caf::meta::type_name("drain_session"), x.grace);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, open_conversation& x) {
  return f(caf::meta::type_name("open_conversation"), x.id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, drain_all& x) {
  return f(caf::meta::type_name("drain_all"), x.grace);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_opened& x) {
  return f(caf::meta::type_name("session_opened"), x.settings);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, settings_changed& x) {
  return f(caf::meta::type_name("settings_changed"), x.settings);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, item_added& x) {
  return f(caf::meta::type_name("item_added"), x.item, x.previous_item_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, item_deleted& x) {
  return f(caf::meta::type_name("item_deleted"), x.item_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, item_retrieved& x) {
  return f(caf::meta::type_name("item_retrieved"), x.item);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, request_failed& x) {
  return f(caf::meta::type_name("request_failed"), x.request, x.reason);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, turn_started& x) {
  return f(caf::meta::type_name("turn_started"), x.response_id, x.item_id, x.previous_item_id,
           x.settings);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, text_piece& x) {
  return f(caf::meta::type_name("text_piece"), x.text);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, media_chunk& x) {
  return f(caf::meta::type_name("media_chunk"), x.first_sample, x.pcm, x.first_frame, x.frames,
           x.visemes, x.words);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, turn_finished& x) {
  return f(caf::meta::type_name("turn_finished"), x.response_id, x.item, x.status, x.reason,
           wire::maybe(x.problem), x.usage, x.timings);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, idle_chunk& x) {
  return f(caf::meta::type_name("idle_chunk"), x.first_frame, x.frames);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, notice& x) {
  return f(caf::meta::type_name("notice"), x.kind, x.message);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_closed& x) {
  return f(caf::meta::type_name("session_closed"), x.reason, x.message);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_event& x) {
  return f(caf::meta::type_name("session_event"), x.turn, x.sequence, wire::one_of(x.payload));
}

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_session, 370)
CAF_ADD_TYPE_ID(dhr_session, (dhr::update_session))
CAF_ADD_TYPE_ID(dhr_session, (dhr::create_item))
CAF_ADD_TYPE_ID(dhr_session, (dhr::delete_item))
CAF_ADD_TYPE_ID(dhr_session, (dhr::retrieve_item))
CAF_ADD_TYPE_ID(dhr_session, (dhr::create_response))
CAF_ADD_TYPE_ID(dhr_session, (dhr::cancel_response))
CAF_ADD_TYPE_ID(dhr_session, (dhr::attach_client))
CAF_ADD_TYPE_ID(dhr_session, (dhr::drain_session))
CAF_ADD_TYPE_ID(dhr_session, (dhr::open_conversation))
CAF_ADD_TYPE_ID(dhr_session, (dhr::drain_all))
CAF_ADD_TYPE_ID(dhr_session, (dhr::session_event))
CAF_END_TYPE_ID_BLOCK(dhr_session)
