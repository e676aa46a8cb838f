#pragma once
// How CAF carries the messages of transcription.

#include "actors/ears/transcription_messages.hpp"
#include "runtime/base/wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, transcribe& x) {
  return f(caf::meta::type_name("transcribe"), x.utterance, x.attempt, x.is_final, x.pcm,
           x.language, x.prompt, x.budget);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cancel_transcription& x) {
  return f(caf::meta::type_name("cancel_transcription"), x.utterance, x.attempt);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, transcript_ready& x) {
  return f(caf::meta::type_name("transcript_ready"), x.utterance, x.attempt, x.text, x.took,
           x.fallback);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, transcript_failed& x) {
  return f(caf::meta::type_name("transcript_failed"), x.utterance, x.attempt, x.reason);
}

#define DHR_EARS_TRANSCRIPTION_WIRE_TYPES \
  transcribe, cancel_transcription, transcript_ready, transcript_failed
DHR_INSPECTED_ELSEWHERE(DHR_EARS_TRANSCRIPTION_WIRE_TYPES)

// Makes the messages of this room, also those of wire_caf.hpp, known to a system.
void add_ears_messages(caf::actor_system_config& config);

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_ears_transcription, 460)
CAF_ADD_TYPE_ID(dhr_ears_transcription, (dhr::transcribe))
CAF_ADD_TYPE_ID(dhr_ears_transcription, (dhr::cancel_transcription))
CAF_ADD_TYPE_ID(dhr_ears_transcription, (dhr::transcript_ready))
CAF_ADD_TYPE_ID(dhr_ears_transcription, (dhr::transcript_failed))
CAF_END_TYPE_ID_BLOCK(dhr_ears_transcription)
