#pragma once
// An actor system that stands still until it is told to go on, and an asker that writes down what
// it is answered; for the tests of transcription.

#include <span>
#include <string>
#include <vector>

#include "actors/ears/transcription_actors.hpp"
#include "actors/ears/transcription_metrics.hpp"
#include "tests/support/deterministic_system.hpp"

namespace dhr::test {

struct transcription_log {
  std::vector<transcript_ready> ready;
  std::vector<transcript_failed> failed;
  std::string order;  // "1.0 !1.1 " for words and a failure of utterance 1

  [[nodiscard]] std::size_t answers() const { return ready.size() + failed.size(); }
};

inline transcription_client::behavior_type recording_ears(transcription_client::pointer,
                                                          transcription_log* log) {
  const auto name = [](const auto& m) {
    return std::to_string(m.utterance.number) + '.' + std::to_string(m.attempt) + ' ';
  };
  return {[=](const transcript_ready& m) {
            log->ready.push_back(m);
            log->order += name(m);
          },
          [=](const transcript_failed& m) {
            log->failed.push_back(m);
            log->order += '!' + name(m);
          }};
}

struct counting_transcription_metrics final : transcription_metrics {
  void transcription_finished(nanoseconds waited, nanoseconds took, nanoseconds sound) override {
    finished.push_back({waited, took, sound});
  }
  void transcription_queue_depth(std::size_t attempts) override {
    deepest = std::max(deepest, attempts);
    depth = attempts;
  }
  void transcription_dropped(errc reason) override { dropped.push_back(reason); }

  struct times {
    nanoseconds waited, took, sound;
  };
  std::vector<times> finished;
  std::vector<errc> dropped;
  std::size_t deepest = 0;
  std::size_t depth = 0;
};

class transcription_world {
 public:
  ~transcription_world() {
    for (const auto& actor : spawned_) caf::anon_send_exit(actor, caf::exit_reason::kill);
    spawned_.clear();
    world.settle();
  }
  // Ends with this world.
  template <class Actor>
  Actor keep(Actor actor) {
    spawned_.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }

  testing::deterministic_system<add_ears_messages> world;
  transcription_log log;

 private:
  std::vector<caf::actor> spawned_;

 public:
  transcription_client asker = keep(transcription_client{world.system.spawn(recording_ears, &log)});
};

// A tenth of a second, whose samples are all `level`.
inline transcribe attempt(std::uint64_t utterance, std::uint32_t number, bool is_final = false,
                          std::int16_t level = 1'000) {
  transcribe request;
  request.utterance = {{"conv_test"}, {1}, utterance};
  request.attempt = number;
  request.is_final = is_final;
  const std::vector<std::int16_t> samples(1'600, level);
  request.pcm = shared_bytes::of(std::span<const std::int16_t>{samples});
  return request;
}

}  // namespace dhr::test
