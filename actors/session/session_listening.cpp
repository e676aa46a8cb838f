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

conversation_item spoken_item(const std::string& item_id, std::string text) {
  conversation_item item;
  item.id = item_id;
  item.text = std::move(text);
  item.spoken = true;
  return item;
}

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
  stir();
  std::visit(
      [this](const auto& event) {
        if constexpr (requires { event.utterance; }) {
          if (has_no_item(event.utterance)) return;
        }
        take(event);
      },
      message.what);
}

// There was no room for it; what else comes of it is not told.
bool session_state::has_no_item(std::uint64_t utterance) const {
  const auto known = utterance_items_.find(utterance);
  return known != utterance_items_.end() && known->second.empty();
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

// The ears take longer for sound than the session does to pass it on.
caf::result<sound_taken_atom> session_state::on(sound_taken_atom taken) {
  if (!ears_) return taken;
  return self_->delegate(ears_, taken);
}

// ---- speech

void session_state::take(const speech_began& event) {
  unsettled_.insert(event.utterance);
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

// What the answer would be asked for with, if this were the end.
void session_state::take(const end_expected& event) {
  const bool answers = settings_.listening.detection.create_response && !draining_ &&
                       turn_->phase() == turn_phase::idle && wordless_.empty() && waiting_.empty();
  if (!environment_->config.preemptive_generation || !answers) return;
  auto request = request_for({});
  if (!request) return;  // the turn itself will tell why
  auto items = items_.items();
  items.push_back(spoken_item(item_of(event.utterance), event.text));
  request.assume_value().history = item_log::messages(items);
  // The first clause is adjusted to what the user feels now; a back-channel word may be ignored.
  const bool may_be_ignored = turn_->holds() && is_back_channel(event.text);
  if (!may_be_ignored) feel_words(item_of(event.utterance), event.text);
  perform(turn_->advance(foresee_turn{std::move(request).assume_value()}, now()));
}

void session_state::take(const end_withdrawn&) {
  perform(turn_->advance(forget_foreseen{}, now()));
}

void session_state::take(const speech_ended& event) {
  send(listening_ended{item_of(event.utterance), event.audio_end_ms});
}

void session_state::take(const utterance_heard& event) {
  const auto item_id = item_of(event.utterance);
  unsettled_.erase(event.utterance);
  if (wordless_.contains(item_id)) {  // committed by the client
    items_.set_text(item_id, event.text, item_status::completed);
    send(transcript_done{item_id, event.text, event.audio_ms});
    feel_words(item_id, event.text);
    words_known(item_id);
    return save();
  }
  if (turn_->holds() && is_back_channel(event.text)) {
    return ignore_speech(event.utterance, "back_channel");
  }
  auto added = add_spoken_item(item_id, event.text);
  if (!added) {
    take(utterance_failed{event.utterance, std::move(added).assume_error()});
    utterance_items_[event.utterance].clear();
    return;
  }
  perform(turn_->advance(release_turn{}, now()));
  environment_->metrics->heard(event.timings);
  tell_committed(std::move(added).assume_value());
  send(transcript_done{item_id, event.text, event.audio_ms});
  feel_words(item_id, event.text);
  save();
  const bool answers = settings_.listening.detection.create_response && !draining_;
  if (!answers) return go_on();
  respond_when_free({{}, event.timings, true});
}

void session_state::take(const utterance_dropped& event) {
  unsettled_.erase(event.utterance);
  ignore_speech(event.utterance, event.reason);
}

void session_state::take(const utterance_failed& event) {
  const auto item_id = item_of(event.utterance);
  unsettled_.erase(event.utterance);
  perform(turn_->advance(forget_foreseen{}, now()));
  send(transcript_failed_for{item_id, event.reason});
  if (wordless_.contains(item_id)) return words_known(item_id);
  go_on();
}

void session_state::ignore_speech(std::uint64_t utterance, std::string reason) {
  perform(turn_->advance(forget_foreseen{}, now()));
  environment_->metrics->speech_ignored(reason);
  send(listening_ignored{item_of(utterance), std::move(reason)});
  go_on();
}

// What was said is known. Unless somebody speaks again already, what was said is answered; or if
// that was nothing, the answer that fell silent for it goes on from where it was.
void session_state::go_on() {
  if (somebody_speaks()) return;
  respond_to_waiting();
  const bool can_resume = turn_->holds() && turn_->phase() == turn_phase::idle && waiting_.empty();
  if (!can_resume || draining_) return restart_idle_animation();
  out_of_band_ = false;
  environment_->metrics->answer_resumed();
  perform(turn_->advance(resume_turn{new_turn()}, now()));
}

result<item_added> session_state::add_spoken_item(const std::string& item_id, std::string text) {
  auto item = spoken_item(item_id, std::move(text));
  DHR_TRY(auto previous, items_.insert(item, ""));
  return item_added{std::move(item), std::move(previous)};
}

void session_state::tell_committed(item_added added) {
  send(audio_committed{added.item.id, added.previous_item_id});
  send(std::move(added));
}

// ---- what the client committed

void session_state::take(const audio_taken& event) {
  const auto item_id = item_of(event.utterance);
  unsettled_.erase(event.utterance);
  auto added = add_spoken_item(item_id, {});
  if (!added) {
    utterance_items_[event.utterance].clear();
    perform(turn_->advance(forget_foreseen{}, now()));
    refuse(event.request, std::move(added).assume_error());
    return go_on();
  }
  perform(turn_->advance(release_turn{}, now()));
  tell_committed(std::move(added).assume_value());
  wordless_.insert(item_id);
}

void session_state::take(const commit_refused& event) { refuse(event.request, event.reason); }

void session_state::take(const item_heard& event) {
  const auto* item = items_.find(event.item_id);
  const bool written_too = item != nullptr && !item->text.empty();
  items_.set_text(event.item_id, written_too ? item->text + ' ' + event.text : event.text,
                  item_status::completed);
  send(transcript_done{event.item_id, event.text, 0});
  feel_words(event.item_id, event.text);
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
  if (draining_ || !may_begin(true)) return;
  const auto item_id = make_random_id("item_");
  auto added = add_spoken_item(item_id, {});
  if (!added) return send(notice{"hearing_failed", added.assume_error().message});
  send(listening_timed_out{item_id, event.audio_start_ms, event.audio_end_ms});
  tell_committed(std::move(added).assume_value());
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
