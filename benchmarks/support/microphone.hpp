#pragma once
// A caller's microphone: a faint noise without end, over which sounds are laid, sent piece by piece
// at the pace of a real one. A piece is sent when its last sample has been recorded.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tests/support/realtime_client.hpp"

namespace dhr::bench {

inline constexpr std::int64_t microphone_rate = 24'000;  // mono PCM16, the protocol's default

// White noise of this loudness; dBFS is of the root mean square against a full scale of 1.
[[nodiscard]] std::vector<std::int16_t> noise_floor(double dbfs, std::size_t samples,
                                                    unsigned seed);

// The client's event that sends this sound.
[[nodiscard]] std::string append_event(std::span<const std::int16_t> samples);

// The sound in a response.output_audio.delta.
[[nodiscard]] std::vector<std::int16_t> sound_in_delta(std::string_view event);

struct microphone_options {
  std::chrono::milliseconds piece{20};
  double noise_dbfs = -60;
  unsigned seed = 1;
};

// Lives on: the thread of the io_context. The client outlives it.
class microphone {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  // Adds what else arrives at the microphone: `begins` is when the first sample is recorded.
  using overlay = std::function<void(time_point begins, std::span<std::int16_t> piece)>;

  microphone(boost::asio::io_context& io, testing::realtime_client& client,
             const microphone_options& options);

  // Records from now on.
  void start();
  void stop() { timer_.cancel(); }
  void set_overlay(overlay added) { overlay_ = std::move(added); }

  // Lays a sound over the noise once the ones before are over; the place of its first sample.
  std::int64_t play(std::span<const std::int16_t> sound);
  // How much of what was to play is not sent yet.
  [[nodiscard]] bool is_playing() const noexcept { return played_ < queue_.size(); }

  // When a sample is recorded. Of samples since the last set_pace().
  [[nodiscard]] time_point time_of(std::int64_t sample) const;

  // How many times faster than a real one it records from the next sample on.
  void set_pace(double pace);

 private:
  void wait();
  void send_piece();

  testing::realtime_client& client_;
  boost::asio::steady_timer timer_;
  std::size_t piece_samples_;
  std::vector<std::int16_t> noise_;
  overlay overlay_;
  std::vector<std::int16_t> queue_;
  std::size_t played_ = 0;        // of the queue
  std::int64_t samples_ = 0;      // sent
  time_point paced_from_;         // since when the pace holds
  std::int64_t paced_first_ = 0;  // the sample of that time
  double pace_ = 1;
};

// Adds with clipping.
[[nodiscard]] std::int16_t mix(std::int16_t one, double other) noexcept;

}  // namespace dhr::bench
