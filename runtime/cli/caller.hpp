#pragma once
// Somebody who calls, says what is in a recording at the pace of its sound, listens to the answers
// and hangs up when all is said. Pure: time is an argument.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/session/messages.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/cli/playback.hpp"

namespace dhr::cli {

struct caller_config {
  int fps = 30;
  bool interrupts = true;         // the answer falls silent when the caller speaks
  milliseconds quiet{2'000};      // nothing happens for so long after the last answer: hang up
  milliseconds patience{31'000};  // for the next event while something is awaited
};

class caller {
 public:
  // `recording`: mono, speech_sample_rate. The call begins now.
  caller(std::vector<std::int16_t> recording, caller_config config, mono_time now);

  // The next 40 ms of sound (int16, speech_sample_rate), silence after the recording's end, if they
  // are due. To be called until it gives nothing.
  [[nodiscard]] std::optional<shared_bytes> next_piece(mono_time now);
  // When next_piece will have something again.
  [[nodiscard]] mono_time next_due() const noexcept;

  // Takes note of what the session sends. Gives a line for a person, or nothing.
  [[nodiscard]] std::optional<std::string> on(const session_event& event, mono_time now);

  // Whether the call is over: everything was answered; or what went wrong, as errc::failed when
  // nothing was understood, errc::deadline when an answer does not come, or the session's error.
  [[nodiscard]] std::optional<result<void>> ended(mono_time now) const;

  [[nodiscard]] const playback& heard() const noexcept { return heard_; }

 private:
  using line = std::optional<std::string>;

  line take(const listening_began& event, mono_time now);
  line take(const listening_ignored& event, mono_time now);
  line take(const transcript_done& event, mono_time now);
  line take(const transcript_failed_for& event, mono_time now);
  line take(const turn_started& event, mono_time now);
  line take(const media_chunk& event, mono_time now);
  line take(const turn_finished& event, mono_time now);
  line take(const request_failed& event, mono_time now);
  line take(const session_closed& event, mono_time now);
  line take(const notice& event, mono_time now);
  template <class Event>
  line take(const Event&, mono_time) {
    return std::nullopt;
  }
  [[nodiscard]] std::int64_t sample_at(mono_time now) const noexcept;
  [[nodiscard]] mono_time time_of(std::int64_t sample) const noexcept;
  [[nodiscard]] bool awaits_something() const noexcept;

  std::vector<std::int16_t> recording_;
  caller_config config_;
  mono_time begun_;
  mono_time last_event_;
  std::int64_t pieces_ = 0;  // given so far
  playback heard_;
  std::set<std::string> utterances_;  // that began and are not understood yet
  int answers_awaited_ = 0;           // not begun yet
  bool answering_ = false;
  bool understood_ = false;
  std::optional<error> trouble_;          // the call cannot go on
  std::optional<error> hearing_trouble_;  // an utterance was not understood
};

}  // namespace dhr::cli
