#include "runtime/device_watch.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/log.hpp"

namespace dhr {
namespace {

constexpr logger out{"gpu"};

std::vector<std::string> all_reasons() {
  std::vector<std::string> names;
  for (const auto why : {device_failure::out_of_memory, device_failure::unusable,
                         device_failure::fault, device_failure::worker_ended}) {
    names.emplace_back(to_string(why));
  }
  return names;
}

// Enough to tell versions apart.
std::string short_hash(const model_facts& facts) { return facts.hash.substr(0, 12); }

}  // namespace

device_watch::device_watch(std::shared_ptr<metrics> counts, std::shared_ptr<device_counts> own,
                           const std::vector<compute_device>& devices)
    : counts_{std::move(counts)}, own_{std::move(own)} {
  for (const auto& device : devices) {
    devices_[device] = {};
    own_->add_device(to_string(device), all_reasons());
  }
}

void device_watch::device_is(const compute_device& device, device_state state) {
  own_->device_up(to_string(device), state == device_state::ready);
  out.info("a device's state changed",
           {{"device", to_string(device)}, {"state", to_string(state)}});
  {
    const std::lock_guard lock{mutex_};
    auto& known = devices_[device];
    known.state = state;
    known.was_tried = known.was_tried || state != device_state::warming;
  }
  tried_.notify_all();
}

void device_watch::device_failed(const compute_device& device, device_failure why,
                                 const error& reason, std::size_t requests_moved) {
  own_->device_failed(to_string(device), to_string(why), requests_moved);
  out.error("a device is taken out", {{"device", to_string(device)},
                                      {"failure", to_string(why)},
                                      {"reason", reason.message},
                                      {"requests_moved", requests_moved}});
  const std::lock_guard lock{mutex_};
  last_trouble_ = to_string(device) + ": " + reason.message;
  devices_[device].trouble = reason.message;
}

void device_watch::model_exchanged(const model_facts& before, const model_facts& now,
                                   std::optional<double> accuracy) {
  if (accuracy) counts_->emotion_accuracy(*accuracy);
  out.info("another version of a net is in force", {{"model", now.name},
                                                    {"version", now.version},
                                                    {"hash", short_hash(now)},
                                                    {"before", short_hash(before)}});
}

void device_watch::model_unchanged(const model_facts& now) {
  out.info("a net's files have not changed", {{"model", now.name}, {"hash", short_hash(now)}});
}

void device_watch::model_refused(const error& reason) {
  out.error("the old version of a net stays", {{"reason", reason.message}});
}

bool device_watch::wait_until_tried(milliseconds patience) {
  std::unique_lock lock{mutex_};
  return tried_.wait_for(lock, patience, [this] { return all_were_tried(); });
}

bool device_watch::is_ready() const {
  const std::lock_guard lock{mutex_};
  return all_were_tried() && std::ranges::any_of(devices_, [](const auto& one) {
           return one.second.state == device_state::ready;
         });
}

std::string device_watch::text() const {
  const std::lock_guard lock{mutex_};
  std::string all;
  for (const auto& [device, known] : devices_) {
    all += (all.empty() ? "" : ", ") + to_string(device) + ' ' + to_string(known.state);
  }
  return all;
}

std::optional<std::string> device_watch::why_lost(const compute_device& device) const {
  const std::lock_guard lock{mutex_};
  const auto found = devices_.find(device);
  if (found == devices_.end() || found->second.state != device_state::lost) return std::nullopt;
  return found->second.trouble;
}

std::string device_watch::last_trouble() const {
  const std::lock_guard lock{mutex_};
  return last_trouble_;
}

bool device_watch::all_were_tried() const {
  return std::ranges::all_of(devices_, [](const auto& one) { return one.second.was_tried; });
}

std::vector<model_labels> labels_of(const std::vector<model_entry>& models) {
  std::vector<model_labels> made;
  for (const auto& one : models) {
    if (one.state == model_state::retired) continue;
    made.push_back({one.facts.name, one.facts.version, one.facts.hash, one.precision, one.device,
                    to_string(one.state)});
  }
  return made;
}

}  // namespace dhr
