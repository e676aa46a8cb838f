#pragma once
// The turn as a pure state machine: what happened and the time go in, what to do comes out.
//
//            begin, resume        first chunk or text sent
//   idle ───────────▶ thinking ───────────────────────────▶ speaking
//    ▲                   │                                     │
//    └──── all sent, cancelled, interrupted, failed ───────────┘
//
// Raising the turn number is the whole of an interruption: every event that carries another turn
// than the one under way is stale and changes nothing.
//
// A clause's way: clause_ready -> feel, and (waits, in order) speak -> felt, speech_ready
// -> animate -> frames_ready -> chunks, paced by the sound's own clock. Nothing waits for a
// feeling: where a clause's own is not known when it is spoken, or shown, it has that of the one
// before it. An answer that is only written is felt by its sentences; its end, and no word of it,
// waits `feelings_patience` for the last ones. Clauses overlap: while k is sent, k+1 is synthesised
// and k+2 is thought. Synthesis stops `synthesis_ahead` before the sound that was sent, so that an
// interruption wastes little and memory stays bounded.
//
// When somebody speaks into an answer (interrupt_turn) the answer ends at once, and what was not
// heard of it is held: the reply goes on being thought, silently, until it is known whether that
// was a person who wants to say something (release_turn, or the next begin_turn) or a cough
// (resume_turn: a new turn says the rest).
//
// A turn that will probably begin can be foreseen (foresee_turn): it is thought ahead, and what
// comes of it is kept until begin_turn asks for it.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/session/media_assembler.hpp"
#include "actors/session/pacer.hpp"
#include "actors/session/spoken_text.hpp"
#include "actors/session/turn_config.hpp"
#include "actors/session/turn_events.hpp"
#include "actors/session/turn_mood.hpp"

namespace dhr {

enum class turn_phase : std::uint8_t {
  idle,      // nobody asked for anything
  thinking,  // a reply was asked for and nothing of it was sent
  speaking,  // a part of the reply was sent
};

// Lives on: the session actor. Not thread-safe.
class turn_machine {
 public:
  turn_machine(conversation_id conversation, session_epoch epoch, turn_config config,
               std::uint64_t last_number = 0);

  // Total: every event is answered in every phase. `begin_turn` and `resume_turn` in any phase but
  // idle, and `resume_turn` with nothing held, are broken invariants; the session looks before.
  [[nodiscard]] turn_effects advance(const turn_event& event, mono_time now);

  [[nodiscard]] turn_phase phase() const noexcept { return phase_; }
  [[nodiscard]] const turn_id& current() const noexcept { return id_; }
  // The id of the response under way, "" when idle.
  [[nodiscard]] const std::string& response_id() const noexcept { return response_id_; }
  // When the listener will have heard the turn that was sent last.
  [[nodiscard]] mono_time heard_at() const noexcept { return heard_at_; }
  // An answer is under way or still sounds.
  [[nodiscard]] bool sounds(mono_time now) const noexcept {
    return phase_ != turn_phase::idle || now < heard_at_;
  }
  [[nodiscard]] bool holds() const noexcept { return held_.has_value(); }
  // The response that is held, "" if none is.
  [[nodiscard]] std::string held_response() const { return held_ ? held_->response_id : ""; }
  // How many samples the spoken answer has that this item holds; empty if it is not one of the last
  // few.
  [[nodiscard]] std::optional<std::int64_t> samples_of(const std::string& item_id) const;

 private:
  // A reply as the conversation gives it.
  struct reply_state {
    turn_id id;                       // under which it was asked for
    std::deque<std::string> waiting;  // clauses that are not yet with the voice
    bool done = false;                // no more will come
    token_usage usage;
    finish_reason reason = finish_reason::stop;
    std::map<std::uint32_t, function_call_piece> calls;  // not whole: what came of each so far
    std::vector<function_call_ready> calls_ready;        // while it is held
    std::uint32_t calls_told = 0;                        // whole, by the turns before this one
  };
  struct held_answer {
    std::string response_id;
    std::string item_id;
    session_settings settings;
    std::int64_t heard_samples = 0;
    reply_state reply;
  };
  struct spoken_item {
    std::string item_id;
    spoken_text text;
  };
  struct foreseen_turn {
    turn_request request;
    std::optional<std::string> first_clause;  // is with the voice
    std::vector<turn_event> events;           // that came of it
  };

  void on(const begin_turn& event, mono_time now);
  void on(const cancel_turn& event, mono_time now);
  void on(const interrupt_turn& event, mono_time now);
  void on(const resume_turn& event, mono_time now);
  void on(const release_turn& event, mono_time now);
  void on(const hear_only& event, mono_time now);
  void on(const foresee_turn& event, mono_time now);
  void on(const forget_foreseen& event, mono_time now);
  void on(const pause_sending& event, mono_time now);
  void on(const go_on_sending& event, mono_time now);
  void on(const break_turn& event, mono_time now);
  void on(const wake_turn& event, mono_time now);
  void on(const clause_ready& event, mono_time now);
  void on(const text_ready& event, mono_time now);
  void on(const function_call_piece& event, mono_time now);
  void on(const function_call_ready& event, mono_time now);
  void on(const reply_finished& event, mono_time now);
  void on(const reply_failed& event, mono_time now);
  void on(const speech_ready& event, mono_time now);
  void on(const speech_failed& event, mono_time now);
  void on(const frames_ready& event, mono_time now);
  void on(const felt& event, mono_time now);

  [[nodiscard]] bool is_current(const turn_id& turn);
  [[nodiscard]] bool is_of_reply(const turn_id& turn);
  [[nodiscard]] bool is_held(const turn_id& turn) const;
  [[nodiscard]] bool speaks() const noexcept;
  [[nodiscard]] bool needs_avatar() const noexcept;
  [[nodiscard]] spoken_text* text_of(const std::string& item_id);
  void start(turn_request request, mono_time now);  // the turn of id_
  void arm();
  void pump(mono_time now);
  void ask_for_speech();
  void ask_voice(const session_settings& settings, std::uint32_t index, std::string text);
  void close_sound();
  void send_chunks(mono_time now);
  void send_text(const std::string& text);
  void send_clause(const std::string& text);
  void feel_clause(std::uint32_t index, const std::string& text);
  void feel_sentences(const std::vector<std::string>& sentences);
  [[nodiscard]] bool awaits_feelings(mono_time now) const;
  void show_feelings();
  [[nodiscard]] feelings feeling_of(std::uint32_t index) const;
  [[nodiscard]] feelings feeling_to_show(std::uint32_t index);
  void send(session_payload payload);
  [[nodiscard]] bool is_foreseen(const turn_id& turn) const;
  [[nodiscard]] bool keep_foreseen(const turn_event& event);
  void tell_start(std::string resumes);
  void ask_for_reply(const turn_request& request);
  void take_over(const turn_request& request, mono_time now);
  void drop_foreseen();
  [[nodiscard]] std::string call_item_id(std::uint32_t index) const;
  void tell_kept_calls(mono_time now);
  void interrupt_answer(mono_time now);
  void interrupt_tail(mono_time now);
  void finish(turn_status status, std::string reason, std::optional<error> problem, mono_time now);

  turn_config config_;
  turn_phase phase_ = turn_phase::idle;
  turn_id id_;
  std::string response_id_;
  mono_time heard_at_{};
  std::optional<mono_time> wake_;  // asked for and not come yet
  std::optional<held_answer> held_;
  std::optional<foreseen_turn> foreseen_;  // its turn's number is the newest
  std::optional<mono_time> paused_at_;
  std::deque<spoken_item> spoken_items_;  // the last few, the newest last
  turn_effects effects_;

  // Of the turn under way; the request and the pacer stay until the next one begins, since the
  // sound goes on after all was sent.
  turn_request request_;
  reply_state reply_;
  std::optional<media_assembler> media_;
  std::optional<pacer> pacer_;
  std::map<std::uint32_t, std::string> speaking_;  // with the voice: index -> text
  std::uint32_t clauses_asked_ = 0;                // for the voice's sound
  turn_mood mood_;
  bool sound_closed_ = false;
  std::string sent_text_;
  std::vector<conversation_item> calls_;
  turn_timings timings_;
  mono_time begun_{};
  mono_time progress_{};
};

}  // namespace dhr
