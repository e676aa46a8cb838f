#pragma once
// When speech begins, pauses and ends, as a pure state machine on the sound's own time. It is fed
// the voice activity of one block after the other and what the models found out, and says what to
// do.
//
//            voice for onset_blocks            silence for pause_blocks
//   quiet ────────────────────────▶ speaking ───────────────────────────▶ pausing
//     ▲                                 ▲            voice again             │
//     │                                 └────────────────────────────────────┤
//     └──────── ended: silence long enough, or words that are complete ──────┘
//
// At each pause the words are transcribed at once, as a guess: if speech goes on the guess is only
// told as words so far, if not its time is hidden in the silence that has to be waited for anyhow.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "actors/ears/endpointer_events.hpp"
#include "actors/ears/types.hpp"

namespace dhr {

// One block of sound: 512 samples, 32 ms, which is what the voice activity net takes.
inline constexpr std::int64_t hearing_block_samples = 512;

struct endpointer_config {
  std::int64_t onset_blocks = 2;         // of voice make a beginning
  std::int64_t pause_blocks = 2;         // of silence make a pause worth a guess
  std::int64_t complete_blocks = 6;      // least silence before words that are complete end a turn
  std::int64_t back_channel_blocks = 9;  // silence that ends a back-channel word
  double hysteresis = 0.15;  // voice goes on until the activity is so far below, or at its half
  double expected_probability = 0.2;  // a pause that is so likely the end is worth an answer ahead
  std::int64_t expected_blocks = 12;  // and one so long, after what reads as a whole sentence
  milliseconds segment_min{15'000};   // a longer stretch is settled at its next pause
  milliseconds utterance_max{60'000};
};

// Lives on: the ears actor. Not thread-safe.
class endpointer {
 public:
  explicit endpointer(turn_detection detection, endpointer_config config = {});

  // A new way of detecting; speech under way goes on under it.
  void set(const turn_detection& detection) { detection_ = detection; }

  [[nodiscard]] endpoint_effects hear(const heard_block& block);
  [[nodiscard]] endpoint_effects on(const guessed_words& event);
  [[nodiscard]] endpoint_effects on(const guess_failed& event);
  [[nodiscard]] endpoint_effects on(const guessed_end& event);
  // Whether an utterance still needs the words of this attempt.
  [[nodiscard]] bool awaits(std::uint32_t attempt) const;
  // None of the guesses that are out will be answered.
  [[nodiscard]] endpoint_effects lose_guesses();

  // The client says that the sound since `first_sample` is a turn, or the speech under way if there
  // is some.
  [[nodiscard]] endpoint_effects commit(std::int64_t first_sample);
  // Forgets the speech under way, and what was heard so far begins no utterance. Ended utterances
  // still get their words.
  [[nodiscard]] endpoint_effects clear();

  [[nodiscard]] bool is_speech() const noexcept { return phase_ != phase::quiet; }
  // An activity below this is silence, whatever was heard before.
  [[nodiscard]] double voice_floor() const noexcept;
  [[nodiscard]] std::int64_t samples_heard() const noexcept { return samples_; }
  // Sound before this is not needed any more; meaningful while is_speech().
  [[nodiscard]] std::int64_t first_sample() const noexcept { return first_sample_; }

 private:
  enum class phase : std::uint8_t { quiet, speaking, pausing };
  struct utterance {
    std::int64_t segment = 0;          // first sample whose words are not settled
    std::int64_t next_segment = 0;     // where that will be when the last guess settles
    std::int64_t guessed_until = 0;    // last sample of the last guess
    std::int64_t voice_end = 0;        // the sample after the last voice
    std::uint32_t attempt = 0;         // the last guess
    std::optional<std::string> words;  // of that guess
    bool lost = false;                 // that guess failed
    std::string settled;               // words of the segments before
    std::string told;                  // all that tell_words said
    bool over_face = false;            // it began while the face spoke
    [[nodiscard]] std::string text_with(const std::string& spoken_words) const;
    [[nodiscard]] bool is_noise(std::string_view text) const;
  };

  void hear_quiet(bool voice, const heard_block& block);
  void hear_speaking(bool voice);
  void hear_pausing(bool voice);
  void begin(bool over_face);
  void ask_words();
  void guess();
  void go_on();
  void settle_segment();
  void look_for_end();
  [[nodiscard]] bool is_noise_so_far(const std::string& text) const;
  [[nodiscard]] bool ends(const std::optional<std::string>& text) const;
  void expect(std::string text);
  void drop();
  void end();
  void tell(utterance& spoken, std::string_view text);
  void finish_known();
  [[nodiscard]] utterance* of(std::uint32_t attempt);
  [[nodiscard]] bool is_long() const;
  [[nodiscard]] bool is_complete() const;
  [[nodiscard]] bool is_judgement_due() const;
  [[nodiscard]] std::int64_t patience_blocks(bool whole) const;

  turn_detection detection_;
  endpointer_config config_;
  endpoint_effects effects_;
  phase phase_ = phase::quiet;
  std::int64_t samples_ = 0;
  std::uint32_t attempts_ = 0;  // in the life of the conversation
  std::int64_t idle_from_ = 0;
  bool idle_armed_ = false;
  std::int64_t taken_until_ = 0;  // sound before this was an utterance's or was cleared

  // Of the speech under way.
  std::int64_t first_sample_ = 0;
  std::int64_t voiced_ = 0;                // blocks of voice in a row, while quiet or pausing
  std::int64_t silence_ = 0;               // blocks of silence in a row
  std::optional<double> end_probability_;  // of this pause
  bool expected_ = false;                  // its end was, in this pause
  utterance now_;

  std::deque<utterance> ended_;  // without their words, the oldest first
};

}  // namespace dhr
