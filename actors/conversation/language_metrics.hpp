#pragma once
// What the language engines count. The methods are called from the engines' threads and must be
// thread-safe and quick.

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

class language_metrics {
 public:
  virtual ~language_metrics() = default;
  virtual void first_token(double seconds) = 0;          // since the request came
  virtual void prompt_tokens(int read, int cached) = 0;  // of one finished reply
  virtual void tokens_generated(int count) = 0;
  virtual void step_finished(int tokens, nanoseconds took) = 0;  // of the model, for all together
  virtual void queue_depth(int requests) = 0;                    // waiting for a sequence
  virtual void generation_failed(errc code) = 0;
  virtual void fell_back() = 0;  // a reply of the fall-back engine
};

// Counts nothing.
class null_language_metrics final : public language_metrics {
 public:
  void first_token(double) override {}
  void prompt_tokens(int, int) override {}
  void tokens_generated(int) override {}
  void step_finished(int, nanoseconds) override {}
  void queue_depth(int) override {}
  void generation_failed(errc) override {}
  void fell_back() override {}
};

}  // namespace dhr
