#include "actors/emotion/emotion_net_adapter.hpp"

#include <algorithm>
#include <future>
#include <string>
#include <system_error>
#include <utility>

#include "actors/emotion/calibration.hpp"

namespace dhr {
namespace {

constexpr std::size_t bytes_a_token = 4;  // of English text, and the two tokens around it
constexpr std::size_t part_min = 8;       // sentences that are worth a thread

class net_reader final : public sentence_reader {
 public:
  net_reader(std::shared_ptr<const emotion_net> net, double temperature, std::size_t threads)
      : net_{std::move(net)}, temperature_{temperature}, threads_{threads} {}

  std::size_t length_of(std::string_view sentence) const override {
    return 2 + sentence.size() / bytes_a_token;
  }

  result<std::vector<label_scores>> read(std::span<const std::string> texts) override {
    std::vector<label_scores> found(texts.size());
    const auto parts = std::clamp<std::size_t>(texts.size() / part_min, 1, threads_);
    const auto read_part = [&](std::size_t part) {
      const auto first = texts.size() * part / parts;
      const auto last = texts.size() * (part + 1) / parts;
      const auto read = net_->probabilities(texts.subspan(first, last - first));
      for (std::size_t i = first; i < last; ++i) {
        found[i] = with_temperature({read[i - first]}, temperature_);
      }
    };
    std::vector<std::future<void>> others;
    std::size_t own = 1;  // parts of the calling thread, from the front
    for (std::size_t part = parts; part-- > 1;) {
      try {
        others.push_back(std::async(std::launch::async, read_part, part));
      } catch (const std::system_error&) {
        own = part + 1;  // no more threads can be had
        break;
      }
    }
    for (std::size_t part = 0; part < own; ++part) read_part(part);
    for (auto& other : others) other.get();
    return found;
  }

 private:
  std::shared_ptr<const emotion_net> net_;
  double temperature_;
  std::size_t threads_;
};

}  // namespace

std::unique_ptr<sentence_reader> make_net_reader(std::shared_ptr<const emotion_net> net,
                                                 double temperature, std::size_t threads) {
  return std::make_unique<net_reader>(std::move(net), temperature, threads);
}

}  // namespace dhr
