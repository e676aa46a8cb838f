#pragma once
// How CAF carries the ways of listening, which travel inside the session's settings.

#include "actors/ears/prosody.hpp"
#include "actors/ears/types.hpp"
#include "runtime/base/wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, audio_format& x) {
  return f(caf::meta::type_name("audio_format"), x.encoding, x.sample_rate);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, turn_detection& x) {
  return f(caf::meta::type_name("turn_detection"), x.kind, wire::bits(x.threshold),
           x.prefix_padding, x.silence_duration, wire::maybe(x.idle_timeout), x.eagerness,
           x.create_response, x.interrupt_response);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, transcription_settings& x) {
  return f(caf::meta::type_name("transcription_settings"), x.wanted, x.model, x.language, x.prompt);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, listening_settings& x) {
  return f(caf::meta::type_name("listening_settings"), x.input, x.detection, x.transcription);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hearing_timings& x) {
  return f(caf::meta::type_name("hearing_timings"), x.endpointing, x.transcription);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, prosody& x) {
  return f(caf::meta::type_name("prosody"), wire::bits(x.pitch_hz_median),
           wire::bits(x.pitch_range_semitones), wire::bits(x.energy_db),
           wire::bits(x.rate_syllables_per_s), wire::bits(x.voiced_share), x.pauses,
           wire::bits(x.pause_share), x.speech_ms);
}

#define DHR_EARS_BASIC_WIRE_TYPES \
  audio_format, turn_detection, transcription_settings, listening_settings, hearing_timings, prosody
DHR_INSPECTED_ELSEWHERE(DHR_EARS_BASIC_WIRE_TYPES)

}  // namespace dhr
