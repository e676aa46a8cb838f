#pragma once
// What one device worker of the process counts, for Prometheus: a part of dhr::metrics, with the
// worker's own labels. Thread-safe; every bump is a few atomic operations and never throws.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "runtime/base/clock.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace dhr {

// Known when the node starts, so there are as many of them as workers.
struct worker_labels {
  std::string worker;  // of metric_labels::workers
  std::string device;  // "cpu", "cuda:0"
  std::string model;   // "joe", "moonshine", a model file's name
};

class worker_counts {
 public:
  // The registry outlives it.
  worker_counts(prometheus::Registry& registry, const worker_labels& labels);

  void queue_holds(std::size_t requests) noexcept;
  void request_waited(nanoseconds duration) noexcept;
  void batch_took(std::size_t requests, nanoseconds duration) noexcept;
  void request_dropped(std::string_view reason) noexcept;  // of metric_labels::work_drops

 private:
  prometheus::Gauge& queue_;
  prometheus::Histogram& wait_;
  prometheus::Histogram& run_;
  prometheus::Histogram& batch_;
  std::map<std::string_view, prometheus::Counter*> drops_;  // constant after construction
};

}  // namespace dhr
