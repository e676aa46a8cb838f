#include "actors/emotion/emotion_net_adapter.hpp"

#include <string>
#include <utility>

#include "actors/emotion/calibration.hpp"

namespace dhr {
namespace {

constexpr std::size_t bytes_a_token = 4;  // of English text, and the two tokens around it

class net_reader final : public sentence_reader {
 public:
  net_reader(std::shared_ptr<const emotion_net> net, double temperature)
      : net_{std::move(net)}, temperature_{temperature} {}

  std::size_t length_of(std::string_view sentence) const override {
    return 2 + sentence.size() / bytes_a_token;
  }

  result<std::vector<label_scores>> read(std::span<const std::string_view> sentences) override {
    const std::vector<std::string> texts{sentences.begin(), sentences.end()};
    std::vector<label_scores> found;
    for (const auto& values : net_->probabilities(texts)) {
      found.push_back(with_temperature({values}, temperature_));
    }
    return found;
  }

 private:
  std::shared_ptr<const emotion_net> net_;
  double temperature_;
};

}  // namespace

std::unique_ptr<sentence_reader> make_net_reader(std::shared_ptr<const emotion_net> net,
                                                 double temperature) {
  return std::make_unique<net_reader>(std::move(net), temperature);
}

}  // namespace dhr
