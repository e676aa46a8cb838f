#include "runtime/emotion_files.hpp"

#include <utility>

#include "actors/emotion/calibration.hpp"
#include "actors/emotion/emotion_net_adapter.hpp"
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

result<print> print_of(const emotion_files& files) {
  print made;
  DHR_TRY(made.weights, hash_of_file(files.folder / "emotion.weights"));
  DHR_TRY(made.words, hash_of_file(files.folder / "vocab.txt"));
  if (!files.calibration.empty()) {
    DHR_TRY(made.calibration, hash_of_file(files.calibration));
  }
  return made;
}

#ifdef DHR_WITH_CUDA

// Powers of two, up to the most that is computed at once.
std::vector<std::size_t> row_sizes(std::size_t batch_size) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = 1; size < batch_size; size *= 2) sizes.push_back(size);
  sizes.push_back(batch_size);
  return sizes;
}

result<std::unique_ptr<sentence_reader>> card_reader(const emotion_files& files,
                                                     const compute_device& device,
                                                     double temperature) {
  torch_net_options options;
  options.row_sizes = row_sizes(files.batch_size);
  options.memory_fraction = files.memory_fraction;
  DHR_TRY(auto net, torch_emotion_net::load(files.folder, device, options));
  DHR_TRY(net->warm_up());
  return make_torch_reader(std::move(net), temperature);
}

device_stock stock() { return {true, torch_emotion_net::device_count()}; }

#else

result<std::unique_ptr<sentence_reader>> card_reader(const emotion_files&,
                                                     const compute_device& device, double) {
  return fail(errc::unavailable, to_string(device) + ": this program was built without CUDA");
}

device_stock stock() { return {}; }

#endif

class file_model final : public emotion_model {
 public:
  file_model(emotion_files files, print own, std::shared_ptr<const emotion_net> net,
             const emotion_calibration& calibration)
      : files_{std::move(files)},
        print_{std::move(own)},
        net_{std::move(net)},
        calibration_{calibration},
        facts_{"emotion", date_of_file(files_.folder / "emotion.weights"), print_.weights} {}

  const model_facts& facts() const override { return facts_; }
  const label_scores& thresholds() const override { return calibration_.thresholds; }
  const print& own_print() const { return print_; }

  std::string precision_on(const compute_device& device) const override {
    return device.kind == device_kind::cpu ? "fp32" : "fp16";
  }

  result<std::unique_ptr<sentence_reader>> reader_for(const compute_device& device) const override {
    if (device.kind == device_kind::cpu) {
      return make_net_reader(net_, calibration_.temperature, files_.threads);
    }
    return card_reader(files_, device, calibration_.temperature);
  }

 private:
  const emotion_files files_;
  const print print_;
  const std::shared_ptr<const emotion_net> net_;
  const emotion_calibration calibration_;
  const model_facts facts_;
};

result<std::shared_ptr<const emotion_model>> model_of(const emotion_files& files, print found,
                                                      std::shared_ptr<const emotion_net> net) {
  emotion_calibration calibration{1, {net->thresholds()}};
  if (!files.calibration.empty()) {
    DHR_TRY(const auto file, read_calibration(files.calibration));
    calibration = file.calibration;
  }
  return std::make_shared<const file_model>(files, std::move(found), std::move(net), calibration);
}

}  // namespace

device_stock devices_in_stock() { return stock(); }

result<std::shared_ptr<const emotion_model>> open_emotion_model(const emotion_files& files) {
  // The net first: it knows what to do about a file that is missing.
  DHR_TRY(auto net, emotion_net::load(files.folder));
  DHR_TRY(auto found, print_of(files));
  return model_of(files, std::move(found), std::move(net));
}

result<std::shared_ptr<const emotion_model>> reopen_emotion_model(const emotion_files& files,
                                                                  const emotion_model& running) {
  DHR_TRY(const auto found, print_of(files));
  const auto* before = dynamic_cast<const file_model*>(&running);
  if (before != nullptr && before->own_print() == found) {
    return std::shared_ptr<const emotion_model>{};
  }
  DHR_TRY(auto net, emotion_net::load(files.folder));
  DHR_TRY(auto made, model_of(files, found, std::move(net)));
  DHR_TRY(const auto after, print_of(files));
  if (after == found) return made;
  return fail(errc::unavailable, "the files in " + files.folder.string() +
                                     " were changed while they were read; send SIGHUP again");
}

}  // namespace dhr
