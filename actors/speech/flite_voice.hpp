#pragma once
// Flite's female US voice "slt" (16 kHz, clustergen), in process, with its own segment times.

#include <memory>

#include "actors/speech/synthesizer.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct flite_options {
  milliseconds leading_silence_max{40};
};

// Threads: the making of a voice may happen on any thread (Flite's own start-up is run once, under
// a guard). All voices of a process share Flite's one voice object, whose speed each call sets; so
// calls to different ones are serialised by a mutex and each may live on a thread of its own.
[[nodiscard]] result<std::unique_ptr<synthesizer>> make_flite_voice(flite_options options);

}  // namespace dhr
