#pragma once
// The port behind which a voice stands. Twins: piper, flite, and the instant tone voice of tests
// and benchmarks.

#include <memory>
#include <string>
#include <string_view>

#include "actors/speech/types.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// Lives on: the synthesis worker's thread. Owned by: the synthesis worker.
class synthesizer {
 public:
  virtual ~synthesizer() = default;
  // Speaks one clause of ordinary written text ("Q3 revenue rose 4.5% to $1.2bn,"); blocking.
  // errc::invalid_argument when nothing in it can be spoken, errc::failed or errc::unavailable
  // when the engine could not.
  [[nodiscard]] virtual result<utterance> synthesize(std::string_view text,
                                                     const speaking_style& style) = 0;
  // The name that clients ask for ("joe", "slt").
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
};

}  // namespace dhr
