#pragma once
// Makes readers ready for work: their model is loaded, and each has read once per bucket, so that
// the first clause does not pay for what is done at first use. Blocks; for a thread of its own.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/emotion/emotion_model.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct load_order {
  std::uint64_t job = 0;
  std::shared_ptr<const emotion_model> running;  // not null
  // If set, its model is loaded instead of `running`.
  emotion_model_opener open;
  struct part {
    std::size_t place = 0;  // of the device in the asker's list
    compute_device device;
    std::vector<std::uint32_t> buckets;  // lengths that it is warmed up with
  };
  std::vector<part> parts;
  std::shared_ptr<model_registry> models;  // not null; is told of the readers on their way
  const clock* time = nullptr;             // not null
};

struct loaded_reader {
  std::size_t place = 0;
  std::uint64_t entry = 0;  // in the registry of models
  std::unique_ptr<sentence_reader> reader;
};

// All readers of the order, or none.
struct loaded_readers {
  std::uint64_t job = 0;
  std::shared_ptr<const emotion_model> model;  // null: the files have not changed
  std::vector<loaded_reader> readers;
  std::optional<error> problem;
};

// Never throws; what the model throws becomes a problem.
[[nodiscard]] loaded_readers load_readers(const load_order& order);

// One sentence of each of these lengths.
[[nodiscard]] result<void> warm_up(sentence_reader& reader,
                                   const std::vector<std::uint32_t>& buckets);

}  // namespace dhr
