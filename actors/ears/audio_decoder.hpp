#pragma once
// What a client sends, in its own format -> what the ears work on: 16 kHz, mono, float in [-1, 1].

#include <memory>
#include <string_view>
#include <vector>

#include "actors/ears/audio_format.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// A stream of one format. No delay is left in the samples: sample i of the output sounds at
// i / 16000 s of the input. But it comes late, for the resampler looks ahead:
//   pcm16 at 16 kHz, opus                0 samples
//   pcm16 at 24 and 48 kHz               at most 160 samples (10 ms)
//   pcm16 at 8 kHz, pcmu, pcma           at most 176 samples (11 ms)
// (Opus has the delay of its encoder, which a bare packet does not tell.)
// Lives on: its owner's thread. Memory: at most 64 KiB, 1 KiB for pcm16 at 16 kHz.
class audio_decoder {
 public:
  virtual ~audio_decoder() = default;

  // errc::invalid_argument for a format that cannot be heard (`can_be_heard`).
  [[nodiscard]] static result<std::unique_ptr<audio_decoder>> make(audio_format format);

  // Appends to `out`. PCM and G.711 may be cut anywhere: half a sample waits for its other half.
  // With Opus each call is one packet; errc::invalid_argument for bytes that are none, and the
  // next packet decodes.
  [[nodiscard]] virtual result<void> decode(std::string_view bytes, std::vector<float>& out) = 0;

  // Forgets what it holds: the next bytes begin a new stream.
  virtual void reset() = 0;
};

}  // namespace dhr
