#pragma once
// How busy the node's device workers are. Engines that run elsewhere are not counted: they are no
// load of this node's.

#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/base/busy_meter.hpp"
#include "runtime/base/metrics.hpp"

namespace dhr {

enum class device_worker : std::uint8_t { generation, synthesis, transcription, emotion };

// Thread-safe.
class workload {
 public:
  explicit workload(const clock& time) : time_{time} {}

  void worked(device_worker worker, nanoseconds took) {
    meters_.at(static_cast<std::size_t>(worker)).worked(took, time_.now());
  }
  [[nodiscard]] double busiest() const {
    double most = 0;
    for (const auto& meter : meters_) most = std::max(most, meter.share(time_.now()));
    return most;
  }
  void show_in(metrics& counts) const {
    for (std::size_t i = 0; i < meters_.size(); ++i) {
      counts.worker_busy(metric_labels::workers.at(i), meters_.at(i).share(time_.now()));
    }
  }

 private:
  const clock& time_;
  std::array<busy_meter, 4> meters_;
};

}  // namespace dhr
