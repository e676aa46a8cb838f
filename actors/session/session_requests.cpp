// What clients ask.

#include <algorithm>
#include <utility>

#include "actors/session/session_state.hpp"

namespace dhr {

void session_state::on(const client_request& message) {
  if (closed_) return;
  stir();
  // The answer is for who waits to be attached, and asks already.
  if (!stored_.clients.empty()) return stored_.requests.push_back(message);
  std::visit([this](const auto& request) { take(request); }, message.what);
}

void session_state::refuse(const std::string& request, error reason) {
  send(request_failed{request, std::move(reason)});
}

result<settings_patch> session_state::checked(settings_patch patch) const {
  if (patch.voice) {
    DHR_TRY(auto voice, environment_->resolve_voice(*patch.voice));
    patch.voice = std::move(voice);
  }
  if (patch.input && !can_be_heard(*patch.input)) {
    return fail(errc::invalid_argument, "this audio format cannot be heard",
                "session.audio.input.format");
  }
  return patch;
}

void session_state::take(const update_session& request) {
  auto patch = checked(request.patch);
  if (!patch) return refuse(request.request, std::move(patch).assume_error());
  settings_ = apply(std::move(settings_), patch.assume_value());
  send(settings_changed{settings_});
  if (ears_) tell_ears_settings();
  restart_idle_animation();
  save();
}

// ---- items

void session_state::take(const create_item& request) {
  auto item = request.item;
  if (item.id.empty()) item.id = make_random_id("item_");
  const bool has_sound = !request.audio.empty();
  if (has_sound && !listens()) {
    return refuse(request.request,
                  error{errc::unavailable, "this server does not listen to audio", "item", {}});
  }
  auto previous = items_.insert(item, request.previous);
  if (!previous) return refuse(request.request, std::move(previous).assume_error());
  send(item_added{item, std::move(previous).assume_value()});
  const bool is_users = item.role == item_role::user && item.kind == item_kind::message;
  if (is_users) feel_words(item.id, item.text);
  if (has_sound) {
    wordless_.insert(item.id);
    tell_ears(hear_item{item.id, request.audio});
  }
  save();
}

void session_state::take(const delete_item& request) {
  if (auto erased = items_.erase(request.item_id); !erased) {
    return refuse(request.request, std::move(erased).assume_error());
  }
  send(item_deleted{request.item_id});
  words_known(request.item_id);
  save();
}

void session_state::take(const retrieve_item& request) {
  const auto* item = items_.find(request.item_id);
  if (item == nullptr) {
    return refuse(
        request.request,
        error{errc::not_found, "there is no item '" + request.item_id + "'", "item_id", {}});
  }
  send(item_retrieved{*item});
}

void session_state::take(const truncate_item& request) {
  const auto samples = turn_->samples_of(request.item_id);
  if (!samples) {
    const bool known = items_.find(request.item_id) != nullptr;
    return refuse(request.request, error{known ? errc::invalid_argument : errc::not_found,
                                         known ? "only the last spoken answers can be truncated"
                                               : "there is no item '" + request.item_id + "'",
                                         "item_id",
                                         {}});
  }
  const auto wanted = request.audio_end_ms * speech_sample_rate / 1'000;
  if (request.audio_end_ms < 0 || wanted > *samples + speech_sample_rate / 1'000) {
    return refuse(
        request.request,
        error{errc::invalid_argument,
              "Audio content of " + std::to_string(*samples * 1'000 / speech_sample_rate) +
                  "ms is already shorter than " + std::to_string(request.audio_end_ms) + "ms",
              "audio_end_ms",
              {}});
  }
  // What is still being said stops first.
  if (items_.find(request.item_id) == nullptr) {
    perform(turn_->advance(cancel_turn{"client_cancelled"}, now()));
  }
  perform(turn_->advance(hear_only{request.item_id, wanted}, now()));
  send(item_truncated{request.item_id, request.audio_end_ms});
  save();
}

// ---- responses

void session_state::take(const create_response& request) {
  if (is_retry(request)) return;
  if (draining_) {
    return refuse(request.request, ending());
  }
  const bool busy = turn_->phase() != turn_phase::idle;
  if (busy && !request.out_of_band) {
    return refuse(
        request.request,
        error{errc::overloaded,
              "Conversation already has an active response in progress: " + turn_->response_id() +
                  ". Wait until the response is finished before creating a new one.",
              turn_->response_id(),
              {}});
  }
  respond_when_free({request, {}, false});
}

void session_state::take(const cancel_response& request) {
  const auto& current = turn_->response_id();
  if (current.empty() || (!request.response_id.empty() && request.response_id != current)) {
    return refuse(request.request,
                  error{errc::not_found, "there is no such response under way", "response_id", {}});
  }
  perform(turn_->advance(cancel_turn{"client_cancelled"}, now()));
}

void session_state::take(const clear_output&) {
  const auto response = turn_->response_id();
  perform(turn_->advance(cancel_turn{"client_cancelled"}, now()));
  send(output_cleared{response});
}

// ---- sound

void session_state::take(const append_audio& request) {
  if (!listens()) {
    return refuse(request.request,
                  error{errc::unavailable, "this server does not listen to audio", "audio", {}});
  }
  tell_ears(hear{request.audio});
}

void session_state::take(const commit_audio& request) {
  if (!ears_) {
    return refuse(request.request,
                  error{errc::invalid_argument,
                        "buffer too small. Expected at least 100ms of audio, but buffer only has "
                        "0ms of audio",
                        "audio",
                        {}});
  }
  tell_ears(commit_heard{request.request});
}

void session_state::take(const clear_audio&) {
  if (ears_) tell_ears(forget_heard{});
  send(audio_cleared{});
}

}  // namespace dhr
