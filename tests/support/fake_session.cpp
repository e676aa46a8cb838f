#include "tests/support/fake_session.hpp"

#include <deque>
#include <span>

#include "runtime/base/error_caf.hpp"

namespace dhr::testing {
namespace {

struct fake_session_state {
  session_actor::pointer self;
  std::shared_ptr<session_script> script;
  std::string conversation;
  client_actor client;
  session_settings settings;
  std::uint64_t turns = 0;
  std::uint64_t sequence = 0;
  std::optional<std::string> open_response;  // the id of the turn under way
  std::deque<caf::typed_response_promise<sound_taken_atom>> untaken;

  explicit fake_session_state(session_actor::pointer actor) noexcept : self{actor} {}

  void send(session_payload payload, std::uint64_t turn = 0) {
    self->send(client, session_event{{{conversation}, {1}, turn}, ++sequence, std::move(payload)});
  }
  void finish(turn_status status, std::string reason) {
    turn_finished finished;
    finished.response_id = *std::exchange(open_response, std::nullopt);
    finished.item.id = "item_r" + std::to_string(turns);
    finished.item.role = item_role::assistant;
    finished.item.status =
        status == turn_status::completed ? item_status::completed : item_status::incomplete;
    finished.item.text = "Hello there.";
    finished.item.spoken = settings.modality == output_modality::audio;
    finished.status = status;
    finished.reason = std::move(reason);
    finished.usage = {12, 4, 3};
    finished.timings = {milliseconds{1}, milliseconds{2}, milliseconds{3}, milliseconds{4}};
    send(std::move(finished), turns);
  }
  void respond(const create_response& x) {
    if (script->refuse_response) return send(request_failed{x.request, *script->refuse_response});
    open_response = "resp_" + std::to_string(++turns);
    auto patched = apply(settings, x.patch);
    turn_started started;
    started.response_id = *open_response;
    started.item_id = "item_r" + std::to_string(turns);
    started.settings = std::move(patched);
    send(std::move(started), turns);
    if (!script->answer_turns) return;
    for (const auto& payload : script->turn) send(payload, turns);
    finish(turn_status::completed, {});
  }

  void on(const update_session& x) {
    script->change([&](auto& s) { s.updates.push_back(x); });
    if (!script->answer_requests) return;
    settings = apply(settings, x.patch);
    send(settings_changed{settings});
  }
  void on(const create_item& x) {
    script->change([&](auto& s) { s.items.push_back(x); });
    auto item = x.item;
    if (item.id.empty()) item.id = "item_new";
    if (!script->answer_requests) return;
    if (script->refuse_item) return send(request_failed{x.request, *script->refuse_item});
    const auto id = item.id;
    script->change([&](auto& s) {
      s.kept[id] = item;
      if (!x.audio.empty()) s.kept[id].text = script->words;
    });
    send(item_added{std::move(item), {}});
    if (!x.audio.empty()) send(transcript_done{id, script->words, 1'000});
  }
  void on(const retrieve_item& x) {
    const auto kept = script->copy().kept;
    const auto known = kept.find(x.item_id);
    if (known != kept.end()) return send(item_retrieved{known->second});
    send(request_failed{x.request, {errc::not_found, "no such item", "item_id", {}}});
  }
  void on(const delete_item& x) {
    script->change([&](auto& s) {
      s.deleted.push_back(x.item_id);
      s.kept.erase(x.item_id);
    });
    send(item_deleted{x.item_id});
  }
  void on(const create_response& x) {
    script->change([&](auto& s) { s.responses.push_back(x); });
    if (script->answer_requests) respond(x);
  }
  void on(const cancel_response& x) {
    script->change([&](auto& s) { s.cancels.push_back(x); });
    if (open_response) return finish(turn_status::cancelled, "client_cancelled");
    send(request_failed{x.request, {errc::not_found, "none", "", {}}});
  }
  void on(const append_audio& x) {
    script->change([&](auto& s) { s.audio_bytes += x.audio.size(); });
  }
  void on(const clear_audio&) {
    send(audio_cleared{});
    if (untaken.empty()) return;
    untaken.front().deliver(sound_taken_atom::value);
    untaken.pop_front();
  }
  caf::result<sound_taken_atom> on(sound_taken_atom taken) {
    if (script->take_sound) return taken;
    untaken.push_back(self->make_response_promise<sound_taken_atom>());
    return untaken.back();
  }
  // What this session has none of.
  template <class Request>
  void on(const Request& x) {
    send(request_failed{x.request, {errc::not_found, "no such item", "item_id", {}}});
  }
};

session_actor::behavior_type fake_session(session_actor::stateful_pointer<fake_session_state> self,
                                          std::shared_ptr<session_script> script,
                                          std::string conversation) {
  self->state.script = script;
  self->state.conversation = std::move(conversation);
  self->state.settings.voice = "joe";
  self->set_down_handler(
      [script](caf::down_msg&) { script->change([](auto& s) { ++s.clients_lost; }); });
  using seen = session_script::seen;
  return {
      [self, script](const attach_client& x, const client_actor& client) {
        self->state.client = client;
        self->monitor(client);
        script->change([&](seen& s) {
          s.client = client;
          s.paced.push_back(x.paced);
        });
        self->state.send(session_opened{self->state.settings});
      },
      [self](const client_request& x) {
        std::visit([self](const auto& what) { self->state.on(what); }, x.what);
      },
      [self](const drain_session&) {
        self->state.send(session_closed{"shutdown", "the server is shutting down"});
        self->quit();
      },
      [self](const leave_conversation&) {
        self->state.send(session_closed{"moved", "the conversation goes on at another node"});
        self->quit();
      },
      [self](sound_taken_atom taken) { return self->state.on(taken); },
  };
}

conversation_door::behavior_type fake_directory(conversation_door::pointer self,
                                                std::shared_ptr<session_script> script) {
  using seen = session_script::seen;
  // Only when it is gone no further session can begin.
  self->attach_functor([script] {
    const auto last = script->copy().session;
    if (last) caf::anon_send_exit(last, caf::exit_reason::user_shutdown);
    script->forget_handles();
  });
  return {[self, script](const open_conversation& x) -> caf::result<session_actor> {
    script->change([&](seen& s) {
      s.opened.push_back(x.id.value);
      s.owners.push_back(x.owner);
      s.redirect_labels.push_back(x.redirect_label);
    });
    if (script->refuse_open) return to_caf_error(*script->refuse_open);
    auto id = x.id.value.empty() ? std::string{"conv_new"} : x.id.value;
    auto session = self->spawn(fake_session, script, std::move(id));
    script->change([&](seen& s) { s.session = session; });
    return session;
  }};
}

}  // namespace

fake_node::config::config() {
  add_avatar_messages(*this);
  add_speech_messages(*this);
  add_conversation_messages(*this);
  add_session_messages(*this);
  set("scheduler.max-threads", 2);
}

fake_node::fake_node() : system{config_}, directory{system.spawn(fake_directory, script)} {}

fake_node::~fake_node() {
  caf::anon_send_exit(directory, caf::exit_reason::user_shutdown);
  directory = nullptr;
}

void fake_node::say(session_payload payload, std::uint64_t turn) {
  caf::anon_send(script->copy().client,
                 session_event{{{"conv_new"}, {1}, turn}, 1'000, std::move(payload)});
}

std::vector<session_payload> short_turn() {
  const std::vector<face_frame> frames(6);
  const std::vector<std::int16_t> samples(4'800, 1);
  return {text_piece{"Hello there."},
          media_chunk{0,
                      shared_bytes::of(std::span<const std::int16_t>{samples}),
                      0,
                      shared_bytes::of(std::span<const face_frame>{frames}),
                      {{0, 12}},
                      {{"Hello", 0, 2'400}}}};
}

}  // namespace dhr::testing
