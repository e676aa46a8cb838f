#include "actors/emotion/emotion_net_adapter.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <string>
#include <system_error>
#include <utility>

#include "actors/emotion/calibration.hpp"

namespace dhr {
namespace {

constexpr std::size_t bytes_a_token = 4;  // of English text, and the two tokens around it
// So many sentences are computed together: fewer waste the weights that are read for them, more
// leave a thread without work at the end.
constexpr std::size_t part_size = 8;

class net_reader final : public sentence_reader {
 public:
  net_reader(std::shared_ptr<const emotion_net> net, double temperature, std::size_t threads)
      : net_{std::move(net)}, temperature_{temperature}, threads_{threads} {}

  std::size_t length_of(std::string_view sentence) const override {
    return 2 + sentence.size() / bytes_a_token;
  }

  result<std::vector<label_scores>> read(std::span<const std::string> texts) override {
    std::vector<label_scores> found(texts.size());
    const auto parts = (texts.size() + part_size - 1) / part_size;
    std::atomic<std::size_t> next{0};
    const auto read_parts = [&] {
      for (auto part = next++; part < parts; part = next++) {
        const auto first = part * part_size;
        const auto count = std::min(part_size, texts.size() - first);
        const auto read = net_->probabilities(texts.subspan(first, count));
        for (std::size_t i = 0; i < count; ++i) {
          found[first + i] = with_temperature({read[i]}, temperature_);
        }
      }
    };
    std::vector<std::future<void>> others;
    try {
      for (std::size_t thread = 1; thread < std::min(threads_, parts); ++thread) {
        others.push_back(std::async(std::launch::async, read_parts));
      }
    } catch (const std::system_error&) {
      // No more threads can be had; those there are do all of it.
    }
    read_parts();
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
