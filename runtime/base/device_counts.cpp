#include "runtime/base/device_counts.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>

namespace dhr {
namespace {

prometheus::Family<prometheus::Gauge>& up(prometheus::Registry& registry) {
  return prometheus::BuildGauge()
      .Name("digital_human_device_up")
      .Help("1 while a device takes work")
      .Register(registry);
}

prometheus::Family<prometheus::Counter>& failures(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("digital_human_device_failures_total")
      .Help("Failures for which a device was taken out, for a while or for good")
      .Register(registry);
}

prometheus::Family<prometheus::Counter>& moved(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("digital_human_device_requests_moved_total")
      .Help("Requests of a device that failed, which went on elsewhere")
      .Register(registry);
}

prometheus::Family<prometheus::Gauge>& models_of(prometheus::Registry& registry) {
  return prometheus::BuildGauge()
      .Name("digital_human_model_info")
      .Help("1 for each model that is loaded: what it is, where and how far it is")
      .Register(registry);
}

}  // namespace

device_counts::device_counts(prometheus::Registry& registry) : registry_{registry} {}

void device_counts::add_device(const std::string& device, const std::vector<std::string>& reasons) {
  up(registry_).Add({{"device", device}});
  moved(registry_).Add({{"device", device}});
  for (const auto& reason : reasons) {
    failures(registry_).Add({{"device", device}, {"reason", reason}});
  }
}

void device_counts::device_up(const std::string& device, bool is_up) {
  up(registry_).Add({{"device", device}}).Set(is_up ? 1 : 0);
}

void device_counts::device_failed(const std::string& device, const std::string& reason,
                                  std::size_t requests_moved) {
  failures(registry_).Add({{"device", device}, {"reason", reason}}).Increment();
  moved(registry_).Add({{"device", device}}).Increment(static_cast<double>(requests_moved));
}

void device_counts::show_models(const std::vector<model_labels>& models) {
  const std::lock_guard lock{mutex_};
  auto& family = models_of(registry_);
  std::erase_if(shown_, [&](const auto& one) {
    if (std::ranges::find(models, one.first) != models.end()) return false;
    family.Remove(one.second);
    return true;
  });
  for (const auto& one : models) {
    auto& gauge = shown_[one];
    if (gauge != nullptr) continue;
    gauge = &family.Add({{"model", one.model},
                         {"version", one.version},
                         {"hash", one.hash},
                         {"precision", one.precision},
                         {"device", one.device},
                         {"state", one.state}});
    gauge->Set(1);
  }
}

}  // namespace dhr
