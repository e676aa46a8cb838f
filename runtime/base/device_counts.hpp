#pragma once
// What the process's devices and models count, for Prometheus: a part of dhr::metrics. Thread-safe.

#include <compare>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Gauge;
class Registry;
}  // namespace prometheus

namespace dhr {

// Of one model on one device.
struct model_labels {
  std::string model;
  std::string version;
  std::string hash;
  std::string precision;
  std::string device;
  std::string state;
  friend auto operator<=>(const model_labels&, const model_labels&) = default;
};

class device_counts {
 public:
  // The registry outlives it.
  explicit device_counts(prometheus::Registry& registry);

  // The family's members of a device are there from its first mention, so that a rate begins at
  // zero. `reasons` are those that device_failed may give.
  void add_device(const std::string& device, const std::vector<std::string>& reasons);
  void device_up(const std::string& device, bool is_up);
  // So many of its requests went on elsewhere.
  void device_failed(const std::string& device, const std::string& reason,
                     std::size_t requests_moved);

  // digital_human_model_info: these models and no others.
  void show_models(const std::vector<model_labels>& models);

 private:
  prometheus::Registry& registry_;
  std::mutex mutex_;  // guards the next
  std::map<model_labels, prometheus::Gauge*> shown_;
};

}  // namespace dhr
