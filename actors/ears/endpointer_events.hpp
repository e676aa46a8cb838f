#pragma once
// What an endpointer is fed besides sound, and what it says.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace dhr {

// ---- what it is fed
struct heard_block {
  double activity = 0;       // 0 to 1
  bool face_sounds = false;  // the avatar is speaking
};
// Of the pause `attempt`, if nothing was said since.
struct guessed_words {
  std::uint32_t attempt = 0;
  std::string text;
};
struct guess_failed {
  std::uint32_t attempt = 0;
};
// How likely it is that the words are complete.
struct guessed_end {
  std::uint32_t attempt = 0;
  double probability = 0;
};

// ---- what it says; places are samples at hearing_sample_rate, from the first ever heard
struct begin_utterance {
  std::int64_t first_sample = 0;  // with the prefix padding
};
// Transcribe [first_sample, last_sample) of the utterance.
struct guess_words {
  std::uint32_t attempt = 0;
  std::int64_t first_sample = 0;
  std::int64_t last_sample = 0;
};
struct guess_end {
  std::uint32_t attempt = 0;
  std::int64_t last_sample = 0;
};
// Speech went on or was cleared: forget the guesses up to this one.
struct forget_guess {
  std::uint32_t attempt = 0;
};
// The next words of the utterance whose last guess is `attempt`, following those told before.
struct tell_words {
  std::uint32_t attempt = 0;
  std::string text;
};
// The utterance will probably end in this pause, and these are all its words then. Told once a
// pause; speech may go on all the same.
struct expect_end {
  std::string text;
};
// It does not; speech went on.
struct expect_more {};
struct end_utterance {
  std::int64_t speech_end_sample = 0;  // where the voice ended
  std::int64_t decided_sample = 0;     // where that was decided
  std::uint32_t attempt = 0;           // whose words are the utterance's
};
// The answer to the oldest end_utterance without one: all its words, or that there were none.
struct utterance_words {
  std::string text;
};
struct no_words {};
// Or that they could not be found out.
struct words_lost {};
// The speech under way was none, or the client wants it forgotten; no end_utterance follows.
struct drop_utterance {
  bool cleared = false;
};
struct report_idle {
  std::int64_t first_sample = 0;
  std::int64_t last_sample = 0;
};

using endpoint_effect =
    std::variant<begin_utterance, guess_words, guess_end, forget_guess, tell_words, expect_end,
                 expect_more, end_utterance, utterance_words, no_words, words_lost, drop_utterance,
                 report_idle>;
using endpoint_effects = std::vector<endpoint_effect>;

}  // namespace dhr
