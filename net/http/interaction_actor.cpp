#include "net/http/interaction_actor.hpp"

#include <span>
#include <utility>

#include "actors/ears/audio_file_adapter.hpp"
#include "actors/ears/transcript_rules.hpp"
#include "actors/session/directory_actor.hpp"
#include "net/http/retry_ids.hpp"

namespace dhr::http {
namespace {

constexpr milliseconds open_timeout{5'000};

using kind = interaction_failure::kind;

struct interaction_state {
  static inline const char* name = "interaction";

  client_actor::pointer self;
  interaction_request request;
  interaction_callbacks callbacks;
  session_actor session;
  conversation_id conversation;
  shared_bytes pcm;                  // the request's sound, until it was sent
  std::optional<create_item> next;   // to be added, if no attempt before this one has done so
  std::vector<std::string> items;    // ids of what was said
  std::optional<std::string> heard;  // in the sound
  turn_collector collector;

  explicit interaction_state(client_actor::pointer actor) noexcept : self{actor} {}

  // False if the interaction has ended with it.
  bool begin(const conversation_door& conversations) {
    if (!request.sound.empty() && !read_sound()) return false;
    if (request.conversation.value.empty() && !request.idempotency_key.empty()) {
      request.conversation = retry_conversation(request.owner, request.idempotency_key);
    }
    self->request(conversations, open_timeout,
                  open_conversation{request.conversation, request.owner, request.wish,
                                    request.redirect ? "http_url" : ""})
        .then([this](const session_actor& opened) { attach(opened); },
              [this](const caf::error& reason) {
                auto problem = from_caf_error(reason);
                const bool absent = problem.code == errc::not_found;
                fail_with({std::move(problem), absent ? "session_id" : "",
                           absent ? kind::absent : kind::other});
              });
    return true;
  }

  bool read_sound() {
    const auto samples = read_audio_file(request.sound.view());
    if (!samples) {
      fail_with({samples.assume_error(), request.sound_param});
      return false;
    }
    pcm = shared_bytes::of(std::span<const std::int16_t>{samples.assume_value()});
    const auto admitted = callbacks.admit_sound(static_cast<std::int64_t>(pcm.size()));
    if (!admitted) fail_with({admitted.assume_error(), request.sound_param, kind::used_up});
    return admitted.has_value();
  }

  void finish(interaction_result outcome) {
    if (const auto deliver = std::exchange(callbacks.done, nullptr)) deliver(std::move(outcome));
    self->quit();
  }
  void fail_with(interaction_failure failure) {
    finish(interaction_result{boost::outcome_v2::failure(std::move(failure))});
  }

  void attach(const session_actor& opened) {
    session = opened;
    self->monitor(session);
    self->send(session, attach_client{false}, client_actor{self});
  }

  // One step at a time, so that nothing begins after a step that was refused.
  void on(const session_event& event) {
    if (const auto* opened = std::get_if<session_opened>(&event.payload)) {
      conversation = event.turn.conversation;
      return change_settings(opened->settings);
    }
    if (std::holds_alternative<settings_changed>(event.payload)) return say();
    if (const auto* added = std::get_if<item_added>(&event.payload)) return on(*added);
    if (const auto* known = std::get_if<item_retrieved>(&event.payload)) return on(*known);
    if (const auto* words = std::get_if<transcript_done>(&event.payload)) return on(*words);
    if (const auto* failed = std::get_if<transcript_failed_for>(&event.payload)) {
      return on(*failed);
    }
    const auto* refused = std::get_if<request_failed>(&event.payload);
    if (refused != nullptr) return on(*refused);
    if (auto turn = collector.add(event)) {
      if (!*turn) return fail_with({std::move(*turn).assume_error(), {}});
      finish(finished_interaction{std::move(conversation), std::move(heard),
                                  std::move(*turn).assume_value()});
    }
  }

  void change_settings(const session_settings& now) {
    auto patch = request.session;
    // Another client may have had the conversation before, and its sound another format.
    if (!pcm.empty() && now.listening.input != audio_format{}) patch.input = audio_format{};
    if (patch == settings_patch{}) return say();
    ask(update_session{"settings", std::move(patch)});
  }

  void say() {
    if (request.text.empty()) return say_sound();
    conversation_item item;
    item.text = request.text;
    say(std::move(item), {});
  }

  void say_sound() {
    conversation_item item;
    item.spoken = true;
    say(std::move(item), std::exchange(pcm, {}));
  }

  void say(conversation_item item, shared_bytes sound) {
    const std::string step = sound.empty() ? "text" : "sound";
    const auto& key = request.idempotency_key;
    item.id = key.empty() ? make_random_id("item_") : retry_item(conversation, key, step);
    items.push_back(item.id);
    create_item wanted{step, {}, std::move(item), std::move(sound)};
    if (key.empty()) return ask(std::move(wanted));
    next = std::move(wanted);
    ask(retrieve_item{"known", items.back()});
  }

  void add_next() { ask(*std::exchange(next, std::nullopt)); }

  void on(const item_retrieved& known) {
    if (!next || known.item.id != next->item.id) return;
    if (next->audio.empty() && known.item.text != next->item.text) {
      return fail_with({{errc::invalid_argument,
                         "this Idempotency-Key was used for another text before",
                         {},
                         {}},
                        "text",
                        kind::key_reused});
    }
    if (!next->audio.empty() && known.item.text.empty()) {
      // The attempt before this one has not heard the words.
      ask(delete_item{"unheard", known.item.id});
      return add_next();
    }
    const bool is_sound = !next->audio.empty();
    next.reset();
    if (!is_sound) return added_last();
    heard = known.item.text;
    respond();
  }

  void on(const item_added& added) {
    if (is_last(added.item.id)) added_last();
  }

  void added_last() {
    if (!pcm.empty()) return say_sound();
    if (request.sound.empty()) respond();
  }

  void on(const transcript_done& words) {
    if (!is_last(words.item_id) || heard) return;
    heard = words.text;
    if (has_words(*heard)) return respond();
    take_back();
    fail_with({{errc::invalid_argument, "no words were heard in the audio", {}, {}},
               request.sound_param,
               kind::not_understood});
  }

  void on(const transcript_failed_for& failed) {
    if (!is_last(failed.item_id)) return;
    take_back();
    fail_with({failed.reason, request.sound_param});
  }

  bool is_last(const std::string& id) const { return !items.empty() && id == items.back(); }

  // What is not answered is not left in the conversation: it may be sent again.
  void take_back() {
    for (const auto& id : items) ask(delete_item{"unheard", id});
  }

  void respond() {
    create_response wanted;
    wanted.request = "response";
    wanted.patch = request.response;
    wanted.idempotency_key = request.idempotency_key;
    ask(std::move(wanted));
  }

  void ask(client_request_payload what) { self->send(session, client_request{std::move(what)}); }

  void on(const request_failed& refused) {
    if (refused.request == "known" && next) return add_next();
    const bool busy = refused.request == "response" && refused.reason.code == errc::overloaded;
    std::string param;
    if (refused.request == "settings") param = refused.reason.where;
    if (refused.request == "sound") param = request.sound_param;
    fail_with({refused.reason, std::move(param), busy ? kind::busy : kind::other});
  }
};

client_actor::behavior_type interaction_behavior(
    client_actor::stateful_pointer<interaction_state> self, const conversation_door& conversations,
    interaction_request request, interaction_callbacks callbacks) {
  auto& state = self->state;
  state.request = std::move(request);
  state.callbacks = std::move(callbacks);
  self->set_down_handler([self](caf::down_msg&) {
    self->state.fail_with({{errc::unavailable, "the conversation ended unexpectedly", {}, {}}, {}});
  });
  if (!state.begin(conversations)) return client_actor::behavior_type::make_empty_behavior();
  return {[self](const session_event& event) { self->state.on(event); }};
}

}  // namespace

client_actor spawn_interaction(caf::actor_system& system, conversation_door conversations,
                               interaction_request request, interaction_callbacks callbacks) {
  if (request.sound.empty()) {
    return system.spawn(interaction_behavior, std::move(conversations), std::move(request),
                        std::move(callbacks));
  }
  return system.spawn<caf::detached>(interaction_behavior, std::move(conversations),
                                     std::move(request), std::move(callbacks));
}

}  // namespace dhr::http
