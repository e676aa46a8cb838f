#pragma once
// What transcription counts, by intent. The host implements it with its registry; the methods
// are called on the thread of the actor that transcribes, one at a time.

#include <cstddef>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

class transcription_metrics {
 public:
  virtual ~transcription_metrics() = default;
  // One attempt became words: it waited, took its time, and its sound lasts for `sound`.
  virtual void transcription_finished(nanoseconds waited, nanoseconds took, nanoseconds sound) = 0;
  virtual void transcription_queue_depth(std::size_t attempts) = 0;
  // An attempt was given up: overloaded, cancelled, deadline, or the recogniser's own error.
  virtual void transcription_dropped(errc reason) = 0;
};

// Counts nothing.
class no_transcription_metrics final : public transcription_metrics {
 public:
  void transcription_finished(nanoseconds, nanoseconds, nanoseconds) override {}
  void transcription_queue_depth(std::size_t) override {}
  void transcription_dropped(errc) override {}
};

}  // namespace dhr
