#pragma once
// What becomes of the devices that serve one kind of work, by intent. The host implements it with
// its log and its registry of metrics. The methods are called on one actor's thread and must be
// quick.

#include <cstddef>
#include <optional>

#include "gpu/compute_device.hpp"
#include "gpu/device_health.hpp"
#include "gpu/model_registry.hpp"

namespace dhr {

class device_metrics {
 public:
  virtual ~device_metrics() = default;
  virtual void device_is(const compute_device& device, device_state state) = 0;
  // It was taken out for now or for good, and so many of its requests went on elsewhere.
  virtual void device_failed(const compute_device& device, device_failure why, const error& reason,
                             std::size_t requests_moved) = 0;
  // Another version of the model is in force on all devices. `accuracy`: its share of right
  // answers, where somebody measured it.
  virtual void model_exchanged(const model_facts& before, const model_facts& now,
                               std::optional<double> accuracy) = 0;
  // The files were looked at, and are those of the version in force.
  virtual void model_unchanged(const model_facts& now) = 0;
  // The files can't be used; the version in force stays.
  virtual void model_refused(const error& reason) = 0;
};

// Tells nobody.
class no_device_metrics final : public device_metrics {
 public:
  void device_is(const compute_device&, device_state) override {}
  void device_failed(const compute_device&, device_failure, const error&, std::size_t) override {}
  void model_exchanged(const model_facts&, const model_facts&, std::optional<double>) override {}
  void model_unchanged(const model_facts&) override {}
  void model_refused(const error&) override {}
};

}  // namespace dhr
