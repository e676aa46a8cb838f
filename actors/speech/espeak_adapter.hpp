#pragma once
// espeak-ng as a child process that lives on and answers line by line. It is never linked, since it
// is under the GPL.

#include <memory>
#include <string>

#include "actors/speech/phonemizer.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct espeak_options {
  std::string program = "espeak-ng";  // a name on the PATH, or a path
  std::string voice = "en-us";
  milliseconds answer_max{2'000};    // for all lines of one question
  milliseconds retry_after{30'000};  // after a failed start, before the next is tried
};

// Starts the child with the first question. When it dies or is late it is started anew once per
// question, then the answer is errc::unavailable. Lives on one thread; `time` outlives it.
[[nodiscard]] std::unique_ptr<ipa_source> make_espeak_source(espeak_options options,
                                                             const clock& time);

}  // namespace dhr
