#pragma once
// A reader of emotion with devices that fail when the test wants it, and what its asker is told.

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/emotion/emotion_reader_actor.hpp"
#include "tests/gpu/counting_worker_metrics.hpp"
#include "tests/support/deterministic_system.hpp"

namespace dhr::testing {

inline turn_id turn_of(const std::string& conversation, std::uint64_t number = 1) {
  return {{conversation}, {1}, number};
}

// What the devices do, and what they did.
struct device_script {
  // The next batches of a device fail with these; errc::invalid_argument stands for an exception.
  std::map<std::string, std::deque<errc>> trouble;
  std::map<std::string, std::deque<errc>> load_trouble;  // the same for making its reader
  std::vector<std::string> read;  // "device/version: sentences", but for those of warm-ups
  std::vector<std::string> warmed;
  int readers = 0;  // that live
  std::function<void()> while_reading = [] {};
};

inline void maybe_fail(std::map<std::string, std::deque<errc>>& trouble, const std::string& device,
                       result<void>& outcome) {
  auto& next = trouble[device];
  if (next.empty()) return;
  const auto code = next.front();
  next.pop_front();
  if (code == errc::invalid_argument) throw std::runtime_error{"the driver threw"};
  outcome = fail(code, "the device says " + std::string{to_string(code)});
}

// Finds as much joy in a sentence as its first character says, in tenths.
class scripted_reader final : public sentence_reader {
 public:
  scripted_reader(std::shared_ptr<device_script> script, std::string device, std::string version)
      : script_{std::move(script)}, device_{std::move(device)}, version_{std::move(version)} {
    ++script_->readers;
  }
  ~scripted_reader() override { --script_->readers; }
  std::size_t length_of(std::string_view sentence) const override { return sentence.size(); }
  result<std::vector<label_scores>> read(std::span<const std::string> sentences) override {
    std::vector<label_scores> found;
    std::string line = device_ + "/" + version_ + ":";
    for (const auto& sentence : sentences) {
      line += " " + sentence;
      label_scores scores;
      scores[emotion_label::joy] = static_cast<float>(sentence.front() - '0') / 10;
      found.push_back(scores);
    }
    const bool is_warm_up = sentences.front().front() == 'w';
    if (is_warm_up) {
      script_->warmed.push_back(device_ + "/" + version_ + " " +
                                std::to_string(sentences.front().size()));
      return found;
    }
    script_->while_reading();
    result<void> outcome = ok();
    maybe_fail(script_->trouble, device_, outcome);
    if (!outcome) return boost::outcome_v2::failure(outcome.assume_error());
    script_->read.push_back(line);
    return found;
  }

 private:
  std::shared_ptr<device_script> script_;
  std::string device_;
  std::string version_;
};

class scripted_model final : public emotion_model {
 public:
  scripted_model(std::shared_ptr<device_script> script, std::string version)
      : script_{std::move(script)},
        facts_{"emotion", version, "hash of " + version},
        thresholds_{evenly(version == "v1" ? 0.25f : 0.5f)} {}
  const model_facts& facts() const override { return facts_; }
  const label_scores& thresholds() const override { return thresholds_; }
  std::optional<double> accuracy() const override { return facts_.version == "v1" ? 0.5 : 0.75; }
  std::string precision_on(const compute_device&) const override { return "fp32"; }
  result<std::unique_ptr<sentence_reader>> reader_for(const compute_device& device) const override {
    result<void> outcome = ok();
    maybe_fail(script_->load_trouble, to_string(device), outcome);
    if (!outcome) return boost::outcome_v2::failure(outcome.assume_error());
    return std::make_unique<scripted_reader>(script_, to_string(device), facts_.version);
  }

 private:
  std::shared_ptr<device_script> script_;
  model_facts facts_;
  label_scores thresholds_;
};

// Lines of what became of devices and models.
struct watched_devices final : device_metrics {
  std::vector<std::string> lines;
  std::optional<double> last_accuracy;
  std::map<std::string, device_state> states;
  void device_is(const compute_device& device, device_state state) override {
    states[to_string(device)] = state;
  }
  void device_failed(const compute_device& device, device_failure why, const error&,
                     std::size_t moved) override {
    lines.push_back(to_string(device) + " " + to_string(why) + " " + std::to_string(moved));
  }
  void model_exchanged(const model_facts& before, const model_facts& now,
                       std::optional<double> accuracy) override {
    lines.push_back(before.version + " -> " + now.version);
    last_accuracy = accuracy;
  }
  void model_unchanged(const model_facts& now) override { lines.push_back(now.version + " stays"); }
  void model_refused(const error& reason) override { lines.push_back("refused " + reason.message); }
};

struct reading_bench {
  deterministic_system<add_emotion_messages> world;
  std::shared_ptr<device_script> script = std::make_shared<device_script>();
  std::shared_ptr<watched_devices> watch = std::make_shared<watched_devices>();
  std::shared_ptr<model_registry> models = std::make_shared<model_registry>();
  std::map<std::string, std::shared_ptr<dhr::test::counting_worker_metrics>> metrics;
  std::vector<emotion_read> read;
  std::vector<reading_failed> failed;
  // What a reload finds: another version, the same (empty), or an error.
  result<std::string> on_disk = std::string{};
  emotion_reader_client client = make_client();
  emotion_readers_actor reader;

  explicit reading_bench(const std::vector<std::string>& devices, std::size_t depth_max = 256,
                         bool cpu_is_wanted = true) {
    emotion_reader_options options;
    options.model = std::make_shared<scripted_model>(script, "v1");
    options.open = [this](const emotion_model&) { return open(); };
    for (const auto& name : devices) {
      metrics[name] = std::make_shared<dhr::test::counting_worker_metrics>();
      options.devices.push_back({parse_compute_device(name).value(),
                                 emotion_batches(4, milliseconds{10}), metrics[name]});
    }
    options.cpu_is_wanted = cpu_is_wanted;
    options.queue.depth_max = depth_max;
    options.rests = {std::chrono::seconds{5}, std::chrono::seconds{40}};
    options.time = &world.clock;
    options.watch = watch;
    options.models = models;
    reader = spawn_emotion_reader(world.system, worker_spawn::scheduled, std::move(options));
  }
  ~reading_bench() {
    caf::anon_send_exit(reader, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
    world.settle();
  }

  emotion_reader_client make_client() {
    return world.system.spawn([this]() -> emotion_reader_client::behavior_type {
      return {[this](const emotion_read& x) { read.push_back(x); },
              [this](const reading_failed& x) { failed.push_back(x); }};
    });
  }
  void ask(const turn_id& of, std::uint32_t index, const std::string& text,
           milliseconds budget = milliseconds{1'000}) {
    caf::anon_send(reader, read_emotion{of, index, text, budget}, client);
  }
  void reload() { caf::anon_send(reader, reload_model_atom::value); }
  dhr::test::counting_worker_metrics& metrics_of(const std::string& device) {
    return *metrics.at(device);
  }
  std::vector<std::size_t> batches_of(const std::string& device) {
    std::vector<std::size_t> sizes;
    for (const auto& [requests, took] : metrics_of(device).batches) sizes.push_back(requests);
    return sizes;
  }
  // The indices of a conversation's answers, in their order.
  std::vector<std::uint32_t> answered(const std::string& conversation) const {
    std::vector<std::uint32_t> indices;
    for (const auto& one : read) {
      if (one.turn.conversation.value == conversation) indices.push_back(one.index);
    }
    return indices;
  }
  std::vector<std::string> listed() const {
    std::vector<std::string> lines;
    for (const auto& one : models->list()) {
      lines.push_back(one.device + " " + one.facts.hash + " " + to_string(one.state));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

 private:
  result<std::shared_ptr<const emotion_model>> open() {
    if (!on_disk) return boost::outcome_v2::failure(on_disk.assume_error());
    std::shared_ptr<const emotion_model> found;
    if (const auto& version = on_disk.assume_value(); !version.empty()) {
      found = std::make_shared<scripted_model>(script, version);
    }
    return found;
  }
};

}  // namespace dhr::testing
