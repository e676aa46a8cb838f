// The part of the turn machine that deals with what is felt: keeping it for the face, and telling
// it with the words.

#include <utility>

#include "actors/session/turn_machine.hpp"

namespace dhr {

void turn_machine::on(const felt& event, mono_time now) {
  if (!is_current(event.turn)) return;
  mood_.known.try_emplace(event.index, event);
  show_feelings();
  if (!speaks()) pump(now);
}

// The clause's own, or that of the last clause before it of which one is known.
feelings turn_machine::feeling_of(std::uint32_t index) const {
  const auto after = mood_.known.upper_bound(index);
  return after == mood_.known.begin() ? feelings{} : std::prev(after)->second.weights;
}

// What the face of the clause is made with: a feeling that comes later is not shown.
feelings turn_machine::feeling_to_show(std::uint32_t index) {
  if (const auto own = mood_.known.find(index); own != mood_.known.end()) own->second.shown = true;
  return feeling_of(index);
}

void turn_machine::feel_clause(std::uint32_t index, const std::string& text) {
  if (config_.feels) effects_.emplace_back(feel{id_, index, text});
}

// Of an answer that is only written; their words were sent.
void turn_machine::feel_sentences(const std::vector<std::string>& sentences) {
  for (const auto& sentence : sentences) {
    if (count_words(sentence) > 0) feel_clause(mood_.worded++, sentence);
  }
}

bool turn_machine::awaits_feelings(mono_time now) const {
  return mood_.known.size() < mood_.worded && now < mood_.late;
}

void turn_machine::send_clause(const std::string& text) {
  send_text(text);
  ++mood_.worded;
  show_feelings();
}

// Of the clauses whose words were sent. Each once, and none after a later one.
void turn_machine::show_feelings() {
  for (auto next = mood_.known.lower_bound(mood_.shown);
       next != mood_.known.end() && next->first < mood_.worded; ++next) {
    auto told = next->second;
    mood_.shown = told.index + 1;
    told.first_sample = mood_.starts[told.index];
    send(std::move(told));
  }
}

}  // namespace dhr
