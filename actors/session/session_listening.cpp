// What the ears hear, and what follows from it.

#include <utility>

#include "actors/ears/transcript_rules.hpp"
#include "actors/session/session_state.hpp"

namespace dhr {
namespace {

constexpr std::size_t utterance_items_max = 16;
// What the model is told when nobody says anything; the client sees an empty item.
constexpr const char* silence_hint =
    "The user has been silent for a while. Say something short to go on with the conversation.";

}  // namespace

// ---- the ears themselves

bool session_state::listens() { return environment_->spawn_ears != nullptr; }

// Spawned with the first sound: most conversations are only written.
void session_state::tell_ears(ears_request_payload request) {
  if (!ears_) {
    auto conversation = turn_->current();
    conversation.number = 0;
    ears_ = environment_->spawn_ears(self_, conversation);
    self_->monitor(ears_);
    tell_ears_settings();
  }
  self_->send(ears_, ears_request{std::move(request)});
}

void session_state::tell_ears_settings() {
  self_->send(ears_, ears_request{listen{settings_.listening}});
}

void session_state::on(const ears_event& message) {
  if (closed_) return;
  std::visit([this](const auto& event) { take(event); }, message.what);
}

std::string session_state::item_of(std::uint64_t utterance) {
  const auto known = utterance_items_.find(utterance);
  if (known != utterance_items_.end()) return known->second;
  auto id = make_random_id("item_");
  utterance_items_.emplace(utterance, id);
  if (utterance_items_.size() > utterance_items_max) {
    utterance_items_.erase(utterance_items_.begin());
  }
  return id;
}

// ---- speech

void session_state::take(const speech_began& event) {
  send(listening_began{item_of(event.utterance), event.audio_start_ms});
  ++idle_generation_;
  if (settings_.listening.detection.interrupt_response) {
    perform(turn_->advance(interrupt_turn{}, now()));
  }
}

void session_state::take(const words_heard& event) {
  send(transcript_piece{item_of(event.utterance), event.text});
  prepare_for(event.utterance, event.text);
}

// The model reads the words while they are being said.
void session_state::prepare_for(std::uint64_t utterance, const std::string& words) {
  if (partial_.first != utterance) partial_ = {utterance, {}};
  partial_.second += words;
  if (!settings_.listening.detection.create_response || turn_->phase() != turn_phase::idle) return;
  auto turn = turn_->current();
  ++turn.number;
  self_->send(conversation_,
              prepare_reply{turn, settings_.instructions, items_.messages(), partial_.second,
                            settings_.sampling, settings_.tools, settings_.choice});
}

void session_state::take(const speech_ended& event) {
  send(listening_ended{item_of(event.utterance), event.audio_end_ms});
}

void session_state::take(const utterance_heard& event) {
  const auto item_id = item_of(event.utterance);
  if (wordless_.contains(item_id)) {  // committed by the client
    items_.set_text(item_id, event.text, item_status::completed);
    send(transcript_done{item_id, event.text, event.audio_ms});
    words_known(item_id);
    return save();
  }
  if (turn_->holds() && is_back_channel(event.text)) {
    return ignore_speech(event.utterance, "back_channel");
  }
  perform(turn_->advance(release_turn{}, now()));
  environment_->metrics->heard(event.timings);
  add_spoken_item(item_id, event.text);
  send(transcript_done{item_id, event.text, event.audio_ms});
  save();
  if (!settings_.listening.detection.create_response || draining_) return;
  respond_when_free({}, event.timings);
}

void session_state::take(const melody_heard& event) {
  send(speech_melody{item_of(event.utterance), event.melody});
}

void session_state::take(const utterance_dropped& event) {
  ignore_speech(event.utterance, event.reason);
}

void session_state::take(const utterance_failed& event) {
  const auto item_id = item_of(event.utterance);
  send(transcript_failed_for{item_id, event.reason});
  if (wordless_.contains(item_id)) return words_known(item_id);
  go_on_with_answer();
}

void session_state::ignore_speech(std::uint64_t utterance, std::string reason) {
  environment_->metrics->speech_ignored(reason);
  send(listening_ignored{item_of(utterance), std::move(reason)});
  go_on_with_answer();
}

// Nobody wanted to say anything: the answer that fell silent goes on from where it was.
void session_state::go_on_with_answer() {
  if (!turn_->holds() || turn_->phase() != turn_phase::idle || draining_) {
    return restart_idle_animation();
  }
  out_of_band_ = false;
  environment_->metrics->answer_resumed();
  perform(turn_->advance(resume_turn{new_turn()}, now()));
}

void session_state::add_spoken_item(const std::string& item_id, std::string text) {
  conversation_item item;
  item.id = item_id;
  item.text = std::move(text);
  item.spoken = true;
  auto previous = items_.insert(item, "");
  if (!previous) return send(notice{"hearing_failed", previous.assume_error().message});
  send(audio_committed{item_id, previous.assume_value()});
  send(item_added{std::move(item), std::move(previous).assume_value()});
}

// ---- what the client committed

void session_state::take(const audio_taken& event) {
  const auto item_id = item_of(event.utterance);
  perform(turn_->advance(release_turn{}, now()));
  add_spoken_item(item_id, {});
  wordless_.insert(item_id);
}

void session_state::take(const commit_refused& event) { refuse(event.request, event.reason); }

void session_state::take(const item_heard& event) {
  const auto* item = items_.find(event.item_id);
  const bool written_too = item != nullptr && !item->text.empty();
  items_.set_text(event.item_id, written_too ? item->text + ' ' + event.text : event.text,
                  item_status::completed);
  send(transcript_done{event.item_id, event.text, 0});
  words_known(event.item_id);
  save();
}

void session_state::take(const item_unheard& event) {
  send(transcript_failed_for{event.item_id, event.reason});
  words_known(event.item_id);
}

void session_state::words_known(const std::string& item_id) {
  if (wordless_.erase(item_id) > 0) respond_to_waiting();
}

// ---- silence and trouble

void session_state::take(const nothing_heard& event) {
  if (draining_ || turn_->phase() != turn_phase::idle) return;
  const auto item_id = make_random_id("item_");
  send(listening_timed_out{item_id, event.audio_start_ms, event.audio_end_ms});
  add_spoken_item(item_id, {});
  if (!settings_.listening.detection.create_response) return;
  create_response request;
  auto input = items_.items();
  conversation_item hint;
  hint.role = item_role::system;
  hint.text = silence_hint;
  input.push_back(std::move(hint));
  request.input = std::move(input);
  respond(request, {});
}

void session_state::take(const hearing_failed& event) { refuse({}, event.reason); }

void session_state::take(const hearing_changed& event) {
  send(notice{"transcription_fallback", event.why});
}

}  // namespace dhr
