#pragma once
// The port behind which speech becomes words. Twins: Moonshine, and the scripted one of tests.

#include <span>
#include <string>

#include "runtime/base/result.hpp"

namespace dhr {

// Lives on: the transcription worker's thread. Owned by: the transcription worker.
class transcriber {
 public:
  virtual ~transcriber() = default;
  // The words in the sound (mono, 16 kHz, in [-1, 1]) with capitals and punctuation; blocking.
  // Empty when there are none, which is what noise, music and silence are. errc::failed when the
  // engine could not.
  [[nodiscard]] virtual result<std::string> transcribe(std::span<const float> samples_16k) = 0;
};

}  // namespace dhr
