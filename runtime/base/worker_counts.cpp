#include "runtime/base/worker_counts.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "runtime/base/metrics.hpp"

namespace dhr {
namespace {

using buckets = prometheus::Histogram::BucketBoundaries;

// From a step of a small net to a long reply of a language server.
const buckets durations{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                        0.2,   0.45,   1.0,   2.0,  5.0,   10.0, 30.0};
const buckets batch_sizes{1, 2, 4, 8, 16, 32, 64};

double to_seconds(nanoseconds duration) { return static_cast<double>(duration.count()) / 1e9; }

prometheus::Labels labels_of(const worker_labels& labels) {
  return {{"worker", labels.worker}, {"device", labels.device}, {"model", labels.model}};
}

prometheus::Histogram& histogram(prometheus::Registry& registry, const worker_labels& labels,
                                 const std::string& name, const std::string& help,
                                 const buckets& boundaries) {
  return prometheus::BuildHistogram()
      .Name("digital_human_worker_" + name)
      .Help(help)
      .Register(registry)
      .Add(labels_of(labels), boundaries);
}

}  // namespace

worker_counts::worker_counts(prometheus::Registry& registry, const worker_labels& labels)
    : queue_{prometheus::BuildGauge()
                 .Name("digital_human_worker_queue_items")
                 .Help("Requests that wait for a device worker")
                 .Register(registry)
                 .Add(labels_of(labels))},
      wait_{histogram(registry, labels, "wait_seconds",
                      "Time of a request in the queue of a device worker", durations)},
      run_{histogram(registry, labels, "run_seconds",
                     "Time of a device for one batch, or one step of it", durations)},
      batch_{histogram(registry, labels, "batch_items", "Requests that a device computed together",
                       batch_sizes)} {
  auto& drops = prometheus::BuildCounter()
                    .Name("digital_human_worker_drops_total")
                    .Help("Requests that a device worker gave up, by why")
                    .Register(registry);
  for (const auto reason : metric_labels::work_drops) {
    auto all = labels_of(labels);
    all.emplace("reason", std::string{reason});
    drops_.emplace(reason, &drops.Add(all));
  }
}

void worker_counts::queue_holds(std::size_t requests) noexcept {
  queue_.Set(static_cast<double>(requests));
}

void worker_counts::request_waited(nanoseconds duration) noexcept {
  wait_.Observe(to_seconds(duration));
}

void worker_counts::batch_took(std::size_t requests, nanoseconds duration) noexcept {
  batch_.Observe(static_cast<double>(requests));
  run_.Observe(to_seconds(duration));
}

void worker_counts::request_dropped(std::string_view reason) noexcept {
  const auto found = drops_.find(reason);
  (found == drops_.end() ? drops_.at("other") : found->second)->Increment();
}

}  // namespace dhr
