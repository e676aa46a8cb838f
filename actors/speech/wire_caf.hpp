#pragma once
// How CAF carries the speech room's messages.

#include "actors/speech/messages.hpp"
#include "runtime/base/wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, phoneme_span& x) {
  return f(caf::meta::type_name("phoneme_span"), x.ipa, x.first_sample, x.last_sample, x.stressed);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, word_span& x) {
  return f(caf::meta::type_name("word_span"), x.text, x.first_sample, x.last_sample);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, speaking_style& x) {
  return f(caf::meta::type_name("speaking_style"), wire::bits(x.rate), wire::bits(x.liveliness));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, speak& x) {
  return f(caf::meta::type_name("speak"), x.turn, x.index, x.text, x.voice, x.style, x.budget,
           x.pause);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cancel_speech& x) {
  return f(caf::meta::type_name("cancel_speech"), x.turn);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, speech_ready& x) {
  return f(caf::meta::type_name("speech_ready"), x.turn, x.index, x.pcm, x.phonemes, x.words,
           x.took);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, speech_failed& x) {
  return f(caf::meta::type_name("speech_failed"), x.turn, x.index, x.reason);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, voice_changed& x) {
  return f(caf::meta::type_name("voice_changed"), x.turn, x.from, x.to, x.why);
}

#define DHR_SPEECH_WIRE_TYPES                                                                 \
  phoneme_span, word_span, speaking_style, speak, cancel_speech, speech_ready, speech_failed, \
      voice_changed
DHR_INSPECTED_ELSEWHERE(DHR_SPEECH_WIRE_TYPES)

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_speech, 330)
CAF_ADD_TYPE_ID(dhr_speech, (dhr::speak))
CAF_ADD_TYPE_ID(dhr_speech, (dhr::cancel_speech))
CAF_ADD_TYPE_ID(dhr_speech, (dhr::speech_ready))
CAF_ADD_TYPE_ID(dhr_speech, (dhr::speech_failed))
CAF_ADD_TYPE_ID(dhr_speech, (dhr::voice_changed))
CAF_END_TYPE_ID_BLOCK(dhr_speech)

namespace dhr {

// Makes the messages of this room known to a system.
void add_speech_messages(caf::actor_system_config& config);

}  // namespace dhr
