#include "runtime/emotion_model_files.hpp"

#include <utility>

#include "actors/emotion/calibration.hpp"
#include "actors/emotion/emotion_net_adapter.hpp"
#include "gpu/nets/emotion_files.hpp"
#include "gpu/nets/emotion_net.hpp"
#include "runtime/calibration_file.hpp"
#include "runtime/file_hash.hpp"
#ifdef DHR_WITH_CUDA
#include "actors/emotion/torch_net_adapter.hpp"
#endif

namespace dhr {
namespace {

// What the files are; equal ones are the same model.
struct print {
  std::string weights;
  std::string words;
  std::string calibration;
  friend bool operator==(const print&, const print&) = default;
};

result<print> print_of(const emotion_model_files& files) {
  print made;
  DHR_TRY(made.weights, hash_of_file(files.folder / "emotion.weights"));
  DHR_TRY(made.words, hash_of_file(files.folder / "vocab.txt"));
  if (!files.calibration.empty()) {
    DHR_TRY(made.calibration, hash_of_file(files.calibration));
  }
  return made;
}

// What was read of them.
struct loaded_net {
  print own;
  std::string version;
  std::shared_ptr<const emotion_net> net;
  emotion_calibration calibration;
  std::optional<double> accuracy;
};

result<loaded_net> load(const emotion_model_files& files) {
  loaded_net made;
  // Before the bytes: a date that is too old is better than one of other weights.
  made.version = date_of_file(files.folder / "emotion.weights");
  DHR_TRY(const auto bytes, read_emotion_bytes(files.folder));
  made.own.weights = hash_of(bytes.weights);
  made.own.words = hash_of(bytes.vocabulary);
  DHR_TRY(const auto parsed, parse_emotion_files(bytes, files.folder));
  DHR_TRY(made.net, emotion_net::take(parsed, files.folder));
  made.calibration = {1, {made.net->thresholds()}};
  if (files.calibration.empty()) return made;
  DHR_TRY(const auto text, read_calibration_text(files.calibration));
  made.own.calibration = hash_of(text);
  DHR_TRY(const auto read, parse_calibration(text, files.calibration));
  made.calibration = read.calibration;
  made.accuracy = read.accuracy;
  return made;
}

#ifdef DHR_WITH_CUDA

// The weights' own bytes are not kept for it: a card is loaded once, and again after a failure.
result<std::unique_ptr<sentence_reader>> card_reader(const emotion_model_files& files,
                                                     const emotion_reader_limits& limits,
                                                     const loaded_net& running,
                                                     const compute_device& device) {
  DHR_TRY(const auto bytes, read_emotion_bytes(files.folder));
  if (hash_of(bytes.weights) != running.own.weights ||
      hash_of(bytes.vocabulary) != running.own.words) {
    return fail(errc::failed, "the files in " + files.folder.string() +
                                  " are no longer those that are in force; send SIGHUP to have "
                                  "them loaded on all devices");
  }
  DHR_TRY(const auto parsed, parse_emotion_files(bytes, files.folder));
  torch_net_options options;
  options.row_sizes = row_sizes_up_to(limits.batch_size);
  options.memory_fraction = limits.memory_fraction;
  DHR_TRY(auto net, torch_emotion_net::take(parsed, files.folder, device, options));
  DHR_TRY(net->warm_up());
  return make_torch_reader(std::move(net), running.calibration.temperature);
}

#endif

class file_model final : public emotion_model {
 public:
  file_model(emotion_model_files files, const emotion_reader_limits& limits, loaded_net loaded)
      : files_{std::move(files)},
        limits_{limits},
        loaded_{std::move(loaded)},
        facts_{"emotion", loaded_.version, loaded_.own.weights} {}

  const model_facts& facts() const override { return facts_; }
  const label_scores& thresholds() const override { return loaded_.calibration.thresholds; }
  std::optional<double> accuracy() const override { return loaded_.accuracy; }
  const print& own_print() const { return loaded_.own; }

  std::string precision_on(const compute_device& device) const override {
    return device.kind == device_kind::cpu ? "int16" : "fp16";
  }

  result<std::unique_ptr<sentence_reader>> reader_for(const compute_device& device) const override {
    if (device.kind == device_kind::cpu) {
      return make_net_reader(loaded_.net, loaded_.calibration.temperature, limits_.threads);
    }
#ifdef DHR_WITH_CUDA
    return card_reader(files_, limits_, loaded_, device);
#else
    return fail(errc::unavailable, to_string(device) + ": this program was built without CUDA");
#endif
  }

 private:
  const emotion_model_files files_;
  const emotion_reader_limits limits_;
  const loaded_net loaded_;
  const model_facts facts_;
};

}  // namespace

device_stock devices_in_stock() {
#ifdef DHR_WITH_CUDA
  return {true, torch_emotion_net::device_count()};
#else
  return {};
#endif
}

result<std::shared_ptr<const emotion_model>> open_emotion_model(
    const emotion_model_files& files, const emotion_reader_limits& limits) {
  DHR_TRY(auto loaded, load(files));
  return std::make_shared<const file_model>(files, limits, std::move(loaded));
}

result<std::shared_ptr<const emotion_model>> reopen_emotion_model(
    const emotion_model_files& files, const emotion_reader_limits& limits,
    const emotion_model& running) {
  DHR_TRY(const auto found, print_of(files));
  const auto* before = dynamic_cast<const file_model*>(&running);
  if (before != nullptr && before->own_print() == found) {
    return std::shared_ptr<const emotion_model>{};
  }
  DHR_TRY(auto loaded, load(files));
  // Files that are replaced one after the other may be of two versions.
  DHR_TRY(const auto after, print_of(files));
  if (after != found || loaded.own != found) {
    return fail(errc::unavailable, "the files in " + files.folder.string() +
                                       " were changed while they were read; send SIGHUP again");
  }
  return std::make_shared<const file_model>(files, limits, std::move(loaded));
}

}  // namespace dhr
