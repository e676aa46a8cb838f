#pragma once
// What reads emotion from sentences; owned by one worker and touched by its thread only.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/emotion/labels.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

class sentence_reader {
 public:
  virtual ~sentence_reader() = default;

  // How long the sentence is for the reader, in its own units; equally long ones share a batch.
  [[nodiscard]] virtual std::size_t length_of(std::string_view sentence) const = 0;

  // The scores of each, in order. errc::failed: none of them could be read.
  [[nodiscard]] virtual result<std::vector<label_scores>> read(
      std::span<const std::string> sentences) = 0;
};

}  // namespace dhr
