#pragma once
// One version of the net that reads emotion: its files as they were loaded, from which each device
// gets a reader of its own.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/emotion/labels.hpp"
#include "actors/emotion/sentence_reader.hpp"
#include "gpu/compute_device.hpp"
#include "gpu/model_registry.hpp"

namespace dhr {

// Constant; any thread.
class emotion_model {
 public:
  virtual ~emotion_model() = default;
  [[nodiscard]] virtual const model_facts& facts() const = 0;
  // From which score on a label counts as present.
  [[nodiscard]] virtual const label_scores& thresholds() const = 0;
  // Its share of right readings, in [0, 1], where whoever calibrated it has measured that.
  [[nodiscard]] virtual std::optional<double> accuracy() const { return std::nullopt; }
  // "int16", "fp16"
  [[nodiscard]] virtual std::string precision_on(const compute_device& device) const = 0;
  // Blocks while memory is taken and filled. Errors as in compute_device.hpp.
  [[nodiscard]] virtual result<std::unique_ptr<sentence_reader>> reader_for(
      const compute_device& device) const = 0;
};

// Looks at the model's files; null if they are those of `running`. Blocks while they are read; an
// error says which one cannot be used. Called on any thread, by one at a time.
using emotion_model_opener =
    std::function<result<std::shared_ptr<const emotion_model>>(const emotion_model& running)>;

}  // namespace dhr
