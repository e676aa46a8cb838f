#pragma once
// Remembers what a device worker counts.

#include <algorithm>
#include <utility>
#include <vector>

#include "gpu/worker_metrics.hpp"

namespace dhr::test {

struct counting_worker_metrics final : worker_metrics {
  void queue_depth(std::size_t requests) override {
    depth = requests;
    deepest = std::max(deepest, requests);
  }
  void request_begun(nanoseconds waited) override { waits.push_back(waited); }
  void batch_finished(std::size_t requests, nanoseconds took) override {
    batches.emplace_back(requests, took);
  }
  void request_dropped(work_drop reason) override { drops.push_back(reason); }

  std::size_t depth = 0;
  std::size_t deepest = 0;
  std::vector<nanoseconds> waits;
  std::vector<std::pair<std::size_t, nanoseconds>> batches;
  std::vector<work_drop> drops;
};

}  // namespace dhr::test
