#pragma once
// What the face says -> the format in which a client wants to hear it.

#include <memory>

#include "actors/ears/audio_format.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace dhr {

// One stream at a time: a response's sound, then `flush`. Without the flush the last 20 ms at most
// are held back (none for pcm16 at 24 kHz, which passes through uncopied).
// Lives on: its owner's thread. Memory: at most 64 KiB.
class audio_encoder {
 public:
  virtual ~audio_encoder() = default;

  // errc::invalid_argument for a format that cannot be spoken (`can_be_spoken`).
  [[nodiscard]] static result<std::unique_ptr<audio_encoder>> make(audio_format format);

  // `pcm`: int16, little endian, mono, speech_sample_rate, whole samples (errc::invalid_argument
  // otherwise). Gives the bytes that can be said already, perhaps none.
  [[nodiscard]] virtual result<shared_bytes> encode(const shared_bytes& pcm) = 0;

  // The rest of the stream, whose length is then that of its input to a sample; begins a new one.
  [[nodiscard]] virtual result<shared_bytes> flush() = 0;

  // Forgets what it holds (the response was interrupted): what comes next begins a new stream.
  virtual void reset() = 0;
};

}  // namespace dhr
