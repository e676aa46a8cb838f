#pragma once
// How CAF carries what a session says to its client.

#include "actors/avatar/wire_caf.hpp"
#include "actors/emotion/wire_caf.hpp"
#include "actors/session/messages.hpp"
#include "actors/session/requests_wire_caf.hpp"
#include "actors/speech/wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_opened& x) {
  return f(caf::meta::type_name("session_opened"), x.settings);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_resumed& x) {
  return f(caf::meta::type_name("session_resumed"), x.events_replayed);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, session_taken_over& x) {
  return f(caf::meta::type_name("session_taken_over"), x.settings, x.last_items);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, resume_gap& x) {
  return f(caf::meta::type_name("resume_gap"), x.message);
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
typename Inspector::result_type inspect(Inspector& f, item_truncated& x) {
  return f(caf::meta::type_name("item_truncated"), x.item_id, x.audio_end_ms);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, request_failed& x) {
  return f(caf::meta::type_name("request_failed"), x.request, x.reason);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, listening_began& x) {
  return f(caf::meta::type_name("listening_began"), x.item_id, x.audio_start_ms);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, listening_ended& x) {
  return f(caf::meta::type_name("listening_ended"), x.item_id, x.audio_end_ms);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, listening_ignored& x) {
  return f(caf::meta::type_name("listening_ignored"), x.item_id, x.reason);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, listening_timed_out& x) {
  return f(caf::meta::type_name("listening_timed_out"), x.item_id, x.audio_start_ms,
           x.audio_end_ms);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, audio_committed& x) {
  return f(caf::meta::type_name("audio_committed"), x.item_id, x.previous_item_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, audio_cleared&) {
  return f(caf::meta::type_name("audio_cleared"));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, output_cleared& x) {
  return f(caf::meta::type_name("output_cleared"), x.response_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, transcript_piece& x) {
  return f(caf::meta::type_name("transcript_piece"), x.item_id, x.text);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, transcript_done& x) {
  return f(caf::meta::type_name("transcript_done"), x.item_id, x.text, x.audio_ms);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, transcript_failed_for& x) {
  return f(caf::meta::type_name("transcript_failed_for"), x.item_id, x.reason);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, speech_melody& x) {
  return f(caf::meta::type_name("speech_melody"), x.item_id, x.melody);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, turn_started& x) {
  return f(caf::meta::type_name("turn_started"), x.response_id, x.item_id, x.previous_item_id,
           x.settings, x.out_of_band, x.resumes, x.metadata);
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
typename Inspector::result_type inspect(Inspector& f, call_piece& x) {
  return f(caf::meta::type_name("call_piece"), x.index, x.item_id, x.call_id, x.name, x.arguments);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, call_ready& x) {
  return f(caf::meta::type_name("call_ready"), x.index, x.item, x.previous_item_id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, turn_finished& x) {
  return f(caf::meta::type_name("turn_finished"), x.response_id, x.item, x.status, x.reason,
           wire::maybe(x.problem), x.usage, x.timings, x.calls);
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

#define DHR_SESSION_WIRE_TYPES                                                                   \
  session_opened, session_resumed, session_taken_over, resume_gap, settings_changed, item_added, \
      item_deleted, item_retrieved, item_truncated, request_failed, listening_began,             \
      listening_ended, listening_ignored, listening_timed_out, audio_committed, audio_cleared,   \
      output_cleared, transcript_piece, transcript_done, transcript_failed_for, speech_melody,   \
      turn_started, text_piece, media_chunk, call_piece, call_ready, turn_finished, idle_chunk,  \
      notice, session_closed, session_event
DHR_INSPECTED_ELSEWHERE(DHR_SESSION_WIRE_TYPES)

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_session_events, 380)
CAF_ADD_TYPE_ID(dhr_session_events, (dhr::session_event))
CAF_END_TYPE_ID_BLOCK(dhr_session_events)
