#include "benchmarks/support/microphone.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace dhr::bench {

std::vector<std::int16_t> noise_floor(double dbfs, std::size_t samples, unsigned seed) {
  std::mt19937 chance{seed};
  std::normal_distribution<double> normal{0, 32'768 * std::pow(10.0, dbfs / 20)};
  std::vector<std::int16_t> noise(samples);
  for (auto& sample : noise) sample = mix(0, normal(chance));
  return noise;
}

std::string append_event(std::span<const std::int16_t> samples) {
  constexpr std::string_view head = R"({"type":"input_audio_buffer.append","audio":")";
  const auto bytes = samples.size_bytes();
  std::string event{head};
  event.resize(head.size() + (bytes + 2) / 3 * 4 + 1);  // it ends its text with a zero
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(event.data() + head.size()),
                  reinterpret_cast<const unsigned char*>(samples.data()), static_cast<int>(bytes));
  event.pop_back();
  return event += "\"}";
}

std::vector<std::int16_t> sound_in_delta(std::string_view event) {
  const auto base64 = testing::string_field(event, "delta");
  std::vector<unsigned char> bytes(base64.size() / 4 * 3);
  EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                  static_cast<int>(base64.size()));
  std::vector<std::int16_t> samples(static_cast<std::size_t>(testing::samples_in_delta(event)));
  std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(std::int16_t));
  return samples;
}

std::int16_t mix(std::int16_t one, double other) noexcept {
  return static_cast<std::int16_t>(
      std::lround(std::clamp(static_cast<double>(one) + other, -32'768.0, 32'767.0)));
}

microphone::microphone(boost::asio::io_context& io, testing::realtime_client& client,
                       const microphone_options& options)
    : client_{client},
      timer_{io},
      piece_samples_{static_cast<std::size_t>(options.piece.count() * microphone_rate / 1'000)},
      noise_{noise_floor(options.noise_dbfs, microphone_rate * 5, options.seed)} {}

void microphone::start() {
  paced_from_ = std::chrono::steady_clock::now();
  wait();
}

std::int64_t microphone::play(std::span<const std::int16_t> sound) {
  if (!is_playing()) {
    queue_.clear();
    played_ = 0;
  }
  const auto first = samples_ + static_cast<std::int64_t>(queue_.size() - played_);
  queue_.insert(queue_.end(), sound.begin(), sound.end());
  return first;
}

microphone::time_point microphone::time_of(std::int64_t sample) const {
  const auto seconds = static_cast<double>(sample - paced_first_) / microphone_rate / pace_;
  return paced_from_ + std::chrono::nanoseconds{std::llround(seconds * 1e9)};
}

void microphone::set_pace(double pace) {
  if (pace == pace_) return;
  paced_from_ = time_of(samples_);
  paced_first_ = samples_;
  pace_ = pace;
}

void microphone::wait() {
  timer_.expires_at(time_of(samples_ + static_cast<std::int64_t>(piece_samples_)));
  timer_.async_wait([this](boost::system::error_code problem) {
    if (problem) return;
    send_piece();
    wait();
  });
}

void microphone::send_piece() {
  std::vector<std::int16_t> piece(piece_samples_);
  for (std::size_t i = 0; i < piece.size(); ++i) {
    piece[i] = noise_[(static_cast<std::size_t>(samples_) + i) % noise_.size()];
    if (is_playing()) piece[i] = mix(piece[i], queue_[played_++]);
  }
  if (overlay_) overlay_(time_of(samples_), piece);
  samples_ += static_cast<std::int64_t>(piece.size());
  client_.send(append_event(piece));
}

}  // namespace dhr::bench
