#pragma once
// The child of a session that listens. What it decides is in listener.hpp and endpointer.hpp.

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/ears/actors.hpp"
#include "actors/ears/listener.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct ears_options {
  listener_options listening;
  transcription_actor transcription;
  hearing_actor hearing;
  const clock* time = nullptr;  // not null; outlives the ears
  turn_id conversation;         // its number is not used
  milliseconds transcription_budget{10'000};
  // That the transcription knows, ISO 639-1; empty: any. The hint of another one is left out, with
  // a hearing_changed that says so.
  std::vector<std::string> languages;
};

// Lives on: a scheduler thread. Owned by: its actor.
class ears_state {
 public:
  static inline const char* name = "ears";
  using pointer = ears_actor::stateful_pointer<ears_state>;

  ears_state() = default;
  void start(pointer self, ears_client session, ears_options options);

  void on(const ears_request& request);
  void on(const transcript_ready& answer);
  void on(const transcript_failed& answer);
  void on(const end_judged& answer);
  void on(const melody_measured& answer);
  void down(const caf::down_msg& message);

 private:
  // An utterance that ended and whose words are awaited.
  struct ended_utterance {
    std::uint64_t number = 0;
    mono_time decided_at{};
    hearing_timings timings;
    std::int64_t audio_ms = 0;
    std::uint32_t attempt = 0;      // whose words are its
    bool committed = false;         // by the client
    std::optional<prosody> melody;  // measured before its words were there
  };

  void take(const listen& request);
  void take(const hear& request);
  void take(const commit_heard& request);
  void take(const forget_heard& request);
  void take(const hear_item& request);
  void take(const face_sounded& request);
  void take(const face_silenced& request);

  void perform(endpoint_effects effects);
  void perform_one(const begin_utterance& effect);
  void perform_one(const guess_words& effect);
  void perform_one(const guess_end& effect);
  void perform_one(const forget_guess& effect);
  void perform_one(const tell_words& effect);
  void perform_one(const expect_end& effect);
  void perform_one(const expect_more& effect);
  void perform_one(const end_utterance& effect);
  void perform_one(const utterance_words& effect);
  void perform_one(const no_words& effect);
  void perform_one(const words_lost& effect);
  void perform_one(const drop_utterance& effect);
  void perform_one(const report_idle& effect);

  template <class Event>
  void tell(Event event);
  void transcription_stopped();
  // The workers' name for an utterance of these ears, and its number.
  [[nodiscard]] turn_id name_of(std::uint64_t number) const;
  [[nodiscard]] std::uint64_t number_of(const turn_id& utterance) const;
  [[nodiscard]] std::string language_hint() const;
  ended_utterance next_ended();
  void tell_heard(ended_utterance ended, std::string text);

  pointer self_ = nullptr;
  ears_client session_;
  ears_options options_;
  std::optional<listener> listener_;
  std::uint64_t named_from_ = 0;
  bool transcription_down_ = false;
  bool hearing_down_ = false;
  bool fallen_back_ = false;      // another transcription than the configured one answered last
  std::uint64_t utterances_ = 0;  // begun so far
  std::uint64_t items_heard_ = 0;
  std::int64_t utterance_first_ = 0;       // first sample of the one under way
  std::optional<std::string> committing_;  // the request of the commit that is being carried out
  std::deque<ended_utterance> ended_;
  std::set<std::uint64_t> unsung_;              // heard, and their melody is still measured
  std::vector<std::uint32_t> unasked_;          // attempts that nobody is there to transcribe
  std::map<std::uint64_t, std::string> items_;  // number in transcribe -> item whose sound it is
  error last_problem_{errc::overloaded, "more is said than can be transcribed", {}, {}};
};

// Spawn with: self->spawn(ears_behavior, session, options). Ends itself when the session goes down;
// when a worker goes down, utterances fail or ends go unjudged, and the ears live on.
ears_actor::behavior_type ears_behavior(ears_state::pointer self, ears_client session,
                                        const ears_options& options);

}  // namespace dhr
