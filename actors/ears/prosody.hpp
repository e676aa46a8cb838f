#pragma once
// How something was said: its melody, loudness, pace and pauses. For whoever needs feelings.

#include <span>

namespace dhr {

struct prosody {
  double pitch_hz_median = 0;        // of the voiced frames; 0 where nothing is voiced
  double pitch_range_semitones = 0;  // from their 10th to their 90th percentile
  double energy_db = -100;           // their mean power, dBFS; -100 where nothing is voiced
  double rate_syllables_per_s = 0;   // over speech_ms
  double voiced_share = 0;           // of speech_ms, 0 to 1
  int pauses = 0;                    // silences of 150 ms and more between first and last speech
  double pause_share = 0;            // of the time between first and last speech, 0 to 1
  int speech_ms = 0;                 // between first and last speech, without the pauses
  friend bool operator==(const prosody&, const prosody&) = default;
};

// Mono samples in [-1, 1] at 16 kHz, of any length; what is shorter than 52 ms has no prosody. Pure;
// any thread. Costs about 0.5 ms a second of sound.
//
// Speech: frames of 10 ms within 30 dB of the loudest and 6 dB above the softest, levels taken of
// the first difference, where rumble does not reach. Pitch: YIN (`pitch.hpp`), 60 to 400 Hz.
// Syllables: peaks of that level that are voiced, each 2 dB above the dip before it (after N. de
// Jong, T. Wempe, "Praat script to detect syllable nuclei and measure speech rate automatically",
// Behavior Research Methods 41(2), 2009); some of those that run together are missed.
[[nodiscard]] prosody measure_prosody(std::span<const float> samples_16k);

}  // namespace dhr
