#pragma once
// What happens to a turn, and what is to be done about it: the turn machine's events and effects.

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/avatar/messages.hpp"
#include "actors/conversation/messages.hpp"
#include "actors/emotion/messages.hpp"
#include "actors/session/messages.hpp"
#include "actors/speech/messages.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

// What begins a turn; the ids are new ones.
struct turn_request {
  std::string response_id;
  std::string item_id;
  std::string previous_item_id;
  session_settings settings;
  std::vector<chat_message> history;
  bool paced = true;
  bool out_of_band = false;
  std::vector<std::pair<std::string, std::string>> metadata;
  hearing_timings hearing;
};
// Whether the replies would be the same.
[[nodiscard]] bool asks_for_same(const turn_request& a, const turn_request& b);

// ---- events
struct begin_turn {
  turn_request request;
};
struct cancel_turn {
  std::string reason;  // turn_finished::reason
};
// Somebody speaks: the turn ends, and what the listener has not heard of it is held until it is
// resumed or released. A turn that was sent whole and still sounds is held alike.
struct interrupt_turn {};
// It was nothing: what is held goes on as a turn of its own. Settings and history of the request
// are not looked at.
struct resume_turn {
  turn_request request;
};
struct release_turn {};
// The client tells how much of the item's sound was heard.
struct hear_only {
  std::string item_id;
  std::int64_t sample = 0;
};
// Speech may end here, and then this turn will begin: its reply is thought, and the first clause of
// it spoken, in silence. The begin_turn that asks for the same goes on from there; one that asks
// for something else, a resume_turn and forget_foreseen drop it. Not looked at in a turn, nor while
// a held reply is still being thought.
struct foresee_turn {
  turn_request request;
};
struct forget_foreseen {};
// Nobody is there to hear it: nothing more is sent until go_on_sending.
struct pause_sending {};
struct go_on_sending {};
// The turn cannot go on, for a reason that no child reported (a child died).
struct break_turn {
  error reason;
};
// The time that wake_at asked for has come.
struct wake_turn {};

using turn_event =
    std::variant<begin_turn, cancel_turn, interrupt_turn, resume_turn, release_turn, hear_only,
                 foresee_turn, forget_foreseen, pause_sending, go_on_sending, break_turn, wake_turn,
                 clause_ready, text_ready, function_call_piece, function_call_ready, reply_finished,
                 reply_failed, speech_ready, speech_failed, frames_ready, felt>;

// ---- effects
// Forget this reply, if it has one, and the sound of this turn and all before it.
struct stop_reply {
  turn_id reply;
};
struct stop_voice {
  turn_id turn;
};
struct emit {
  turn_id turn;
  session_payload payload;
};
// The history's item holds this text now.
struct item_cut {
  std::string item_id;
  std::string text;
};
// For the echo guard: sound whose first sample is heard at `begins`.
struct sound_sent {
  mono_time begins{};
  shared_bytes pcm;
};
struct sound_stopped {};
struct wake_at {
  mono_time when{};
};
// For the metrics: a chunk was sent after its time, or something came too late to be of use.
struct chunk_late {
  nanoseconds by{0};
};
struct stale_dropped {};
// For the metrics: the turn that was foreseen has begun, or was dropped.
struct foresight_ended {
  bool was_right = false;
};

using turn_effect =
    std::variant<converse, feel, speak, animate, stop_reply, stop_voice, emit, item_cut, sound_sent,
                 sound_stopped, wake_at, chunk_late, stale_dropped, foresight_ended>;
using turn_effects = std::vector<turn_effect>;

}  // namespace dhr
