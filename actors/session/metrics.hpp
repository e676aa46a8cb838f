#pragma once
// What a session counts. Thread-safe implementations: sessions run on any scheduler thread.

#include <string_view>

#include "actors/session/messages.hpp"

namespace dhr {

class session_metrics {
 public:
  virtual ~session_metrics() = default;
  virtual void session_began() noexcept {}
  virtual void session_ended() noexcept {}
  virtual void turn_ended(const turn_finished&) noexcept {}
  virtual void first_audio(milliseconds) noexcept {}
  virtual void chunk_late(nanoseconds) noexcept {}
  virtual void stale_dropped() noexcept {}
  virtual void child_restarted(std::string_view) noexcept {}
  virtual void heard(const hearing_timings&) noexcept {}     // a spoken request
  virtual void speech_ignored(std::string_view) noexcept {}  // by why
  virtual void answer_resumed() noexcept {}                  // after speech that was none
  // An answer that was thought before the speech had ended for certain; else it was dropped.
  virtual void foresight_ended(bool /*was_right*/) noexcept {}
  virtual void passivated() noexcept {}     // it ended for its client's silence
  virtual void told_unstored() noexcept {}  // a turn's end, since the store was late
  virtual void client_resumed(bool /*whole*/) noexcept {}
  virtual void client_taken_over() noexcept {}    // its conversation goes on here by itself
  virtual void turn_answered_again() noexcept {}  // from what is kept, under its key
};

}  // namespace dhr
