#pragma once
// What becomes of the devices that compute nets: told to the log and the metrics, and remembered
// for who asks whether the node is ready.

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gpu/device_metrics.hpp"
#include "runtime/base/metrics.hpp"

namespace dhr {

// Thread-safe. The mutex is held for a look at a few states.
class device_watch final : public device_metrics {
 public:
  device_watch(std::shared_ptr<metrics> counts, std::shared_ptr<device_counts> own,
               const std::vector<compute_device>& devices);

  void device_is(const compute_device& device, device_state state) override;
  void device_failed(const compute_device& device, device_failure why, const error& reason,
                     std::size_t requests_moved) override;
  void model_exchanged(const model_facts& before, const model_facts& now,
                       std::optional<double> accuracy) override;
  void model_unchanged(const model_facts& now) override;
  void model_refused(const error& reason) override;

  // Each device has been warmed up, or has failed, once; false after `patience`.
  [[nodiscard]] bool wait_until_tried(milliseconds patience);

  // Each device was tried, and one at least takes work.
  [[nodiscard]] bool is_ready() const;
  // "cuda:0 ready, cpu ready"
  [[nodiscard]] std::string text() const;
  // Why this device is lost; nothing while it is not.
  [[nodiscard]] std::optional<std::string> why_lost(const compute_device& device) const;
  // Why the last device that failed did.
  [[nodiscard]] std::string last_trouble() const;

 private:
  struct seen {
    device_state state = device_state::warming;
    bool was_tried = false;
    std::string trouble;
  };
  bool all_were_tried() const;

  const std::shared_ptr<metrics> counts_;  // outlives own_
  const std::shared_ptr<device_counts> own_;
  mutable std::mutex mutex_;
  std::condition_variable tried_;
  std::map<compute_device, seen> devices_;  // guarded by mutex_, as the next
  std::string last_trouble_;
};

// As digital_human_model_info tells them; without what is retired.
[[nodiscard]] std::vector<model_labels> labels_of(const std::vector<model_entry>& models);

}  // namespace dhr
