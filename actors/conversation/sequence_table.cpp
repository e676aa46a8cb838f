#include "actors/conversation/sequence_table.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

int common_prefix(std::span<const language_token> a, std::span<const language_token> b) {
  const auto [end, ignored] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<int>(end - a.begin());
}

}  // namespace

sequence_table::sequence_table(sequence_limits limits, kv_cache& cache)
    : limits_{limits},
      cache_{cache},
      entries_(static_cast<std::size_t>(limits.conversations_max + limits.personas_max)) {}

int sequence_table::own_cells(const entry& e) const {
  if (!e.in_use) return 0;
  return std::max(e.reserved, static_cast<int>(e.tokens.size())) - e.shared;
}

int sequence_table::cells_used() const {
  int cells = 0;
  for (const auto& e : entries_) cells += own_cells(e);
  return cells;
}

int sequence_table::length(int sequence) const {
  return static_cast<int>(entries_[static_cast<std::size_t>(sequence)].tokens.size());
}

bool sequence_table::is_shared(int persona) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const entry& e) {
    return e.in_use && e.persona == persona && e.shared > 0;
  });
}

int sequence_table::find(const conversation_id& conversation) const {
  for (int i = 0; i < limits_.conversations_max; ++i) {
    const auto& e = entries_[static_cast<std::size_t>(i)];
    if (e.in_use && e.owner == conversation) return i;
  }
  return -1;
}

int sequence_table::oldest_idle_conversation(int except) const {
  int oldest = -1;
  for (int i = 0; i < limits_.conversations_max; ++i) {
    const auto& e = entries_[static_cast<std::size_t>(i)];
    if (!e.in_use || e.busy || i == except) continue;
    if (oldest < 0 || e.used < entries_[static_cast<std::size_t>(oldest)].used) oldest = i;
  }
  return oldest;
}

int sequence_table::oldest_unshared_persona(int except) const {
  int oldest = -1;
  for (int i = limits_.conversations_max; i < static_cast<int>(entries_.size()); ++i) {
    const auto& e = entries_[static_cast<std::size_t>(i)];
    if (!e.in_use || i == except || is_shared(i)) continue;
    if (oldest < 0 || e.used < entries_[static_cast<std::size_t>(oldest)].used) oldest = i;
  }
  return oldest;
}

int sequence_table::best_persona(std::span<const language_token> prompt, int& match) const {
  int best = -1;
  match = 0;
  for (int i = limits_.conversations_max; i < static_cast<int>(entries_.size()); ++i) {
    const auto& e = entries_[static_cast<std::size_t>(i)];
    const int length = e.in_use ? common_prefix(e.tokens, prompt) : 0;
    if (length > match) {
      match = length;
      best = i;
    }
  }
  return best;
}

int sequence_table::persona_match(std::span<const language_token> prompt) const {
  int match = 0;
  static_cast<void>(best_persona(prompt, match));
  return match;
}

void sequence_table::shorten(int sequence, int length) {
  auto& e = entries_[static_cast<std::size_t>(sequence)];
  if (length >= static_cast<int>(e.tokens.size())) return;
  e.tokens.resize(static_cast<std::size_t>(length));
  e.shared = std::min(e.shared, length);
  cache_.keep(sequence, length);
}

void sequence_table::drop(int sequence) {
  shorten(sequence, 0);
  entries_[static_cast<std::size_t>(sequence)] = {};
}

// Makes idle sequences and personas leave until `cells` more fit; spares the two that are named.
bool sequence_table::make_room(int cells, int sequence, int persona) {
  while (cells_used() + cells > limits_.cells) {
    int victim = oldest_idle_conversation(sequence);
    if (victim < 0) victim = oldest_unshared_persona(persona);
    if (victim < 0) return false;
    drop(victim);
  }
  return true;
}

std::optional<sequence_table::admission> sequence_table::admit(
    const conversation_id& conversation, std::span<const language_token> prompt, int reply_max) {
  DHR_ASSERT(!prompt.empty());
  const int prompt_length = static_cast<int>(prompt.size());
  int sequence = find(conversation);
  if (sequence < 0) {
    for (int i = 0; i < limits_.conversations_max && sequence < 0; ++i) {
      if (!entries_[static_cast<std::size_t>(i)].in_use) sequence = i;
    }
    if (sequence < 0) sequence = oldest_idle_conversation(-1);
    if (sequence < 0) return std::nullopt;
    drop(sequence);
  }
  auto& e = entries_[static_cast<std::size_t>(sequence)];
  DHR_ASSERT(!e.busy);

  const int known = std::min(common_prefix(e.tokens, prompt), prompt_length - 1);
  int match = 0;
  const int persona = best_persona(prompt, match);
  match = std::min(match, prompt_length - 1);
  const bool takes_persona = match > known;
  shorten(sequence, takes_persona ? 0 : known);
  const int shared = takes_persona ? match : e.shared;
  const int needed = prompt_length + reply_max - shared - own_cells(e);
  if (!make_room(needed, sequence, takes_persona ? persona : e.persona)) return std::nullopt;

  e.in_use = true;
  e.busy = true;
  e.owner = conversation;
  e.reserved = prompt_length + reply_max;
  e.used = ++uses_;
  if (takes_persona) {
    auto& source = entries_[static_cast<std::size_t>(persona)];
    source.used = ++uses_;
    cache_.copy(persona, sequence, match);
    e.tokens.assign(prompt.begin(), prompt.begin() + match);
    e.persona = persona;
    e.shared = match;
  }
  return admission{sequence, static_cast<int>(e.tokens.size())};
}

void sequence_table::append(int sequence, std::span<const language_token> tokens) {
  auto& e = entries_[static_cast<std::size_t>(sequence)];
  DHR_ASSERT(e.busy);
  e.tokens.insert(e.tokens.end(), tokens.begin(), tokens.end());
}

void sequence_table::keep_persona(int sequence, int length) {
  auto& e = entries_[static_cast<std::size_t>(sequence)];
  DHR_ASSERT(length <= static_cast<int>(e.tokens.size()));
  const std::span<const language_token> tokens{e.tokens.data(), static_cast<std::size_t>(length)};
  if (length == 0 || persona_match(tokens) == length) return;
  int persona = -1;
  for (int i = limits_.conversations_max; i < static_cast<int>(entries_.size()); ++i) {
    if (!entries_[static_cast<std::size_t>(i)].in_use) persona = i;
  }
  if (persona < 0) persona = oldest_unshared_persona(-1);
  if (persona < 0) return;
  drop(persona);
  cache_.copy(sequence, persona, length);
  auto& kept = entries_[static_cast<std::size_t>(persona)];
  kept.tokens.assign(tokens.begin(), tokens.end());
  kept.in_use = true;
  kept.used = ++uses_;
  // The cells change hands; those that were another persona's (a common beginning, shorter than
  // `length`, since no persona holds all of it) stay its own.
  kept.persona = e.persona;
  kept.shared = e.shared;
  e.persona = persona;
  e.shared = length;
}

void sequence_table::release(int sequence) {
  auto& e = entries_[static_cast<std::size_t>(sequence)];
  e.busy = false;
  e.reserved = 0;
  e.used = ++uses_;
}

}  // namespace dhr
