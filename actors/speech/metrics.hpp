#pragma once
// What the speech room counts, by intent. The host implements it with its registry; all methods are
// called on the synthesis worker's thread.

#include <cstddef>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

class speech_metrics {
 public:
  virtual ~speech_metrics() = default;
  // One clause was spoken: it waited, took its time, and sounds for `sound`.
  virtual void synthesis_finished(nanoseconds waited, nanoseconds took, nanoseconds sound) = 0;
  virtual void queue_depth(std::size_t clauses) = 0;
  // A clause was given up: overloaded, cancelled, deadline, or the voice's own error.
  virtual void clause_dropped(errc reason) = 0;
};

// Counts nothing.
class no_speech_metrics final : public speech_metrics {
 public:
  void synthesis_finished(nanoseconds, nanoseconds, nanoseconds) override {}
  void queue_depth(std::size_t) override {}
  void clause_dropped(errc) override {}
};

}  // namespace dhr
