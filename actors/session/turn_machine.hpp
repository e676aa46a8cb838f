#pragma once
// The turn as a pure state machine: what happened and the time go in, what to do comes out.
//
//            begin                first chunk or text sent
//   idle ───────────▶ thinking ───────────────────────────▶ speaking
//    ▲                   │                                     │
//    └───────────────────┴──── all sent, cancelled, failed ────┘
//
// Raising the turn number is the whole of an interruption: every event that carries another turn
// than the one under way is stale and changes nothing.
//
// A clause's way: clause_ready -> (waits, in order) speak -> speech_ready -> animate ->
// frames_ready -> chunks, paced by the sound's own clock. Clauses overlap: while k is sent, k+1 is
// synthesised and k+2 is thought. Synthesis stops `synthesis_ahead` before the sound that was sent,
// so that an interruption wastes little and memory stays bounded.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/avatar/messages.hpp"
#include "actors/conversation/messages.hpp"
#include "actors/session/media_assembler.hpp"
#include "actors/session/messages.hpp"
#include "actors/session/pacer.hpp"
#include "actors/speech/messages.hpp"

namespace dhr {

enum class turn_phase : std::uint8_t {
  idle,      // nobody asked for anything
  thinking,  // a reply was asked for and nothing of it was sent
  speaking,  // a part of the reply was sent
};

struct turn_config {
  int fps = 30;
  int chunk_frames_max = 6;
  milliseconds run_ahead{2'000};
  milliseconds synthesis_ahead{4'000};  // of sound that waits to be sent
  milliseconds stall_timeout{30'000};   // without progress the turn fails
  std::size_t clauses_waiting_max = 256;
};

// What begins a turn; the ids are new ones.
struct turn_request {
  std::string response_id;
  std::string item_id;
  std::string previous_item_id;
  session_settings settings;
  std::vector<chat_message> history;
  bool paced = true;
};

// ---- events
struct begin_turn {
  turn_request request;
};
struct cancel_turn {
  std::string reason;  // turn_finished::reason
};
// The turn cannot go on, for a reason that no child reported (a child died).
struct break_turn {
  error reason;
};
// The time that wake_at asked for has come.
struct wake_turn {};

using turn_event =
    std::variant<begin_turn, cancel_turn, break_turn, wake_turn, clause_ready, text_ready,
                 reply_finished, reply_failed, speech_ready, speech_failed, frames_ready>;

// ---- effects
struct stop_children {  // forget this turn and all before it
  turn_id turn;
};
struct emit {
  turn_id turn;
  session_payload payload;
};
struct wake_at {
  mono_time when{};
};
// For the metrics: a chunk was sent after its time, or the first one was sent.
struct chunk_late {
  nanoseconds by{0};
};
struct stale_dropped {};

using turn_effect =
    std::variant<converse, speak, animate, stop_children, emit, wake_at, chunk_late, stale_dropped>;
using turn_effects = std::vector<turn_effect>;

// Lives on: the session actor. Not thread-safe.
class turn_machine {
 public:
  turn_machine(conversation_id conversation, session_epoch epoch, turn_config config);

  // Total: every event is answered in every phase. `begin_turn` in any phase but idle is a broken
  // invariant; the session refuses it before.
  [[nodiscard]] turn_effects advance(const turn_event& event, mono_time now);

  [[nodiscard]] turn_phase phase() const noexcept { return phase_; }
  [[nodiscard]] const turn_id& current() const noexcept { return id_; }
  // The id of the response under way, "" when idle.
  [[nodiscard]] const std::string& response_id() const noexcept { return response_id_; }
  // When the listener will have heard the turn that was sent last.
  [[nodiscard]] mono_time heard_at() const noexcept { return heard_at_; }

 private:
  void on(const begin_turn& event, mono_time now);
  void on(const cancel_turn& event, mono_time now);
  void on(const break_turn& event, mono_time now);
  void on(const wake_turn& event, mono_time now);
  void on(const clause_ready& event, mono_time now);
  void on(const text_ready& event, mono_time now);
  void on(const reply_finished& event, mono_time now);
  void on(const reply_failed& event, mono_time now);
  void on(const speech_ready& event, mono_time now);
  void on(const speech_failed& event, mono_time now);
  void on(const frames_ready& event, mono_time now);

  [[nodiscard]] bool is_current(const turn_id& turn);
  void arm();
  void pump(mono_time now);
  void ask_for_speech();
  void close_sound();
  void send_chunks(mono_time now);
  void send_text(const std::string& text);
  void send(session_payload payload);
  void finish(turn_status status, std::string reason, std::optional<error> problem, mono_time now);

  turn_config config_;
  turn_phase phase_ = turn_phase::idle;
  turn_id id_;
  std::string response_id_;
  mono_time heard_at_{};
  std::optional<mono_time> wake_;  // asked for and not come yet
  turn_effects effects_;

  // Of the turn under way.
  turn_request request_;
  std::optional<media_assembler> media_;
  std::optional<pacer> pacer_;
  std::deque<clause_ready> waiting_;               // not yet with the voice
  std::map<std::uint32_t, std::string> speaking_;  // with the voice: index -> text
  std::optional<std::uint32_t> clauses_;           // how many there are, once it is known
  std::uint32_t spoken_ = 0;                       // how many have come back
  bool sound_closed_ = false;
  std::string sent_text_;
  token_usage usage_;
  finish_reason finish_reason_ = finish_reason::stop;
  turn_timings timings_;
  mono_time begun_{};
  mono_time progress_{};
};

}  // namespace dhr
