#include "actors/emotion/torch_net_adapter.hpp"

#include <utility>

#include "actors/emotion/calibration.hpp"

namespace dhr {
namespace {

class torch_reader final : public sentence_reader {
 public:
  torch_reader(std::unique_ptr<torch_emotion_net> net, double temperature)
      : net_{std::move(net)}, temperature_{temperature} {}

  std::size_t length_of(std::string_view sentence) const override {
    return net_->length_of(sentence);
  }

  result<std::vector<label_scores>> read(std::span<const std::string> texts) override {
    DHR_TRY(const auto read, net_->probabilities(texts));
    std::vector<label_scores> found;
    found.reserve(read.size());
    for (const auto& one : read) found.push_back(with_temperature({one}, temperature_));
    return found;
  }

 private:
  std::unique_ptr<torch_emotion_net> net_;
  double temperature_;
};

}  // namespace

std::unique_ptr<sentence_reader> make_torch_reader(std::unique_ptr<torch_emotion_net> net,
                                                   double temperature) {
  return std::make_unique<torch_reader>(std::move(net), temperature);
}

}  // namespace dhr
