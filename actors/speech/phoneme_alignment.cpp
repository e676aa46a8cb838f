#include "actors/speech/phoneme_alignment.hpp"

#include <algorithm>
#include <limits>

#include "actors/speech/ipa_symbols.hpp"

namespace dhr {
namespace {

constexpr int cost_missing = 10;         // a sound on one side only
constexpr int cost_other_sound = 14;     // cheaper than a missing and an added sound
constexpr int cost_other_vowel = 4;      // reduced and full vowels of one word
constexpr int cost_boundary_inside = 6;  // a word begins inside of a group
constexpr int cost_group_inside = 5;     // a group begins inside of a word

bool is_sound(char32_t symbol) { return !ipa::is_stress(symbol) && !ipa::is_modifier(symbol); }

// The sounds of a clause, and whether a group begins with each.
struct heard_sounds {
  std::u32string sounds;
  std::vector<bool> begins_group;
};

heard_sounds sounds_of(std::span<const std::u32string> groups) {
  heard_sounds heard;
  for (const auto& group : groups) {
    bool first = true;
    for (const char32_t symbol : group) {
      if (!is_sound(symbol)) continue;
      heard.sounds += symbol;
      heard.begins_group.push_back(first);
      first = false;
    }
  }
  return heard;
}

int change_cost(char32_t a, char32_t b) {
  if (a == b) return 0;
  return ipa::is_vowel(a) && ipa::is_vowel(b) ? cost_other_vowel : cost_other_sound;
}

// What is expected: the sounds of the words, with a step of its own between two words.
struct expected_step {
  char32_t sound = 0;  // 0 is the boundary before the next word
  std::int32_t word = 0;
};

std::vector<expected_step> steps_of(std::span<const std::u32string> isolated) {
  std::vector<expected_step> steps;
  for (std::size_t word = 0; word < isolated.size(); ++word) {
    if (word > 0) steps.push_back({0, static_cast<std::int32_t>(word)});
    for (const char32_t symbol : isolated[word]) {
      if (is_sound(symbol) && symbol != U' ')
        steps.push_back({symbol, static_cast<std::int32_t>(word)});
    }
  }
  return steps;
}

enum class move : std::uint8_t { none, both, expected_only, heard_only };

class aligner {
 public:
  aligner(const heard_sounds& heard, const std::vector<expected_step>& steps)
      : heard_{heard},
        steps_{steps},
        columns_{heard.sounds.size() + 1},
        cost_((steps.size() + 1) * columns_, std::numeric_limits<int>::max() / 2),
        came_(cost_.size(), move::none) {}

  std::vector<std::int32_t> words() {
    cost_[0] = 0;
    for (std::size_t i = 0; i <= steps_.size(); ++i) {
      for (std::size_t j = 0; j < columns_; ++j) extend(i, j);
    }
    std::vector<std::int32_t> words(columns_ - 1, 0);
    for (std::size_t i = steps_.size(), j = columns_ - 1; i > 0 || j > 0;) {
      const move came = came_[i * columns_ + j];
      if (came == move::heard_only) words[j - 1] = word_after(i);
      if (came == move::both) words[j - 1] = steps_[i - 1].word;
      if (came != move::heard_only) --i;
      if (came != move::expected_only) --j;
    }
    return words;
  }

 private:
  // The word to which a sound belongs that was heard after the first i steps.
  std::int32_t word_after(std::size_t i) const { return i == 0 ? 0 : steps_[i - 1].word; }

  void reach(std::size_t i, std::size_t j, int cost, move how) {
    const auto at = i * columns_ + j;
    if (cost >= cost_[at]) return;
    cost_[at] = cost;
    came_[at] = how;
  }

  void extend(std::size_t i, std::size_t j) {
    const int here = cost_[i * columns_ + j];
    const bool more_heard = j + 1 < columns_;
    const bool at_word_begin = i == 0 || steps_[i - 1].sound == 0;
    const int inside =
        more_heard && j > 0 && heard_.begins_group[j] && !at_word_begin ? cost_group_inside : 0;
    if (more_heard) reach(i, j + 1, here + cost_missing + inside, move::heard_only);
    if (i == steps_.size()) return;
    const auto& step = steps_[i];
    if (step.sound == 0) {
      const bool clean = !more_heard || heard_.begins_group[j];
      reach(i + 1, j, here + (clean ? 0 : cost_boundary_inside), move::expected_only);
      return;
    }
    reach(i + 1, j, here + cost_missing, move::expected_only);
    if (more_heard)
      reach(i + 1, j + 1, here + inside + change_cost(step.sound, heard_.sounds[j]), move::both);
  }

  const heard_sounds& heard_;
  const std::vector<expected_step>& steps_;
  const std::size_t columns_;
  std::vector<int> cost_;
  std::vector<move> came_;
};

// Gives a word without a sound one of its neighbours', so that it has a time.
void give_each_word_a_sound(std::vector<std::int32_t>& words, std::size_t word_count) {
  if (words.size() < word_count) return;
  const auto last = static_cast<std::int32_t>(word_count) - 1;
  const auto sounds = static_cast<std::int32_t>(words.size());
  for (std::int32_t i = 0; i < sounds; ++i) {
    const std::int32_t before = i == 0 ? -1 : words[static_cast<std::size_t>(i - 1)];
    auto& word = words[static_cast<std::size_t>(i)];
    word = std::min(word, before + 1);               // skips no word
    word = std::max(word, last - (sounds - 1 - i));  // leaves a sound for each word behind
    word = std::max(word, before);
  }
}

}  // namespace

std::vector<std::int32_t> align_to_words(std::span<const std::u32string> groups,
                                         std::span<const std::u32string> isolated) {
  const auto heard = sounds_of(groups);
  const auto steps = steps_of(isolated);
  auto sound_words = aligner{heard, steps}.words();
  give_each_word_a_sound(sound_words, isolated.size());

  std::vector<std::int32_t> words;
  std::size_t next_sound = 0;
  for (const auto& group : groups) {
    for (const char32_t symbol : group) {
      const bool ahead = ipa::is_stress(symbol) || is_sound(symbol) || next_sound == 0;
      const auto owner = ahead ? std::min(next_sound, sound_words.size() - 1) : next_sound - 1;
      words.push_back(sound_words.empty() ? 0 : sound_words[owner]);
      if (is_sound(symbol)) ++next_sound;
    }
  }
  return words;
}

}  // namespace dhr
