#pragma once
// Doors without a house: a directory and sessions that answer by a script, on a real actor system.

#include <caf/all.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "actors/session/actors.hpp"
#include "actors/session/directory_actor.hpp"

namespace dhr::testing {

inline constexpr auto patience = std::chrono::seconds{10};

// What the fakes were told, and what they are to do. Thread-safe; a test waits on it.
struct session_script {
  // ---- set before the first connection
  std::optional<error> refuse_open;   // the directory's answer
  bool answer_requests = true;        // else settings, items and responses wait for the test
  bool answer_turns = true;           // else a turn starts and goes no further
  bool take_sound = true;             // else each clear_audio takes in what came before one mark
  std::vector<session_payload> turn;  // between turn_started and turn_finished
  std::optional<error> refuse_response;
  std::optional<error> refuse_item;
  std::string words = "Hello?";  // heard in the sound of every item

  // ---- seen
  struct seen {
    std::vector<update_session> updates;
    std::vector<create_item> items;
    std::vector<std::string> deleted;
    std::map<std::string, conversation_item> kept;  // outlives the sessions
    std::vector<create_response> responses;
    std::vector<cancel_response> cancels;
    std::vector<std::string> opened;  // conversation ids as asked for
    std::vector<std::string> owners;  // who asked for them
    std::vector<std::string> redirect_labels;
    std::vector<bool> paced;
    std::size_t audio_bytes = 0;  // of append_audio
    int clients_lost = 0;
    client_actor client;
    session_actor session;
    std::uint64_t sequence = 0;
  };

  template <class Change>
  void change(Change change_it) {
    {
      const std::lock_guard lock{mutex_};
      change_it(seen_);
    }
    changed_.notify_all();
  }
  // False if it does not come true in time.
  template <class Condition>
  [[nodiscard]] bool wait(Condition condition) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return condition(seen_); });
  }
  [[nodiscard]] seen copy() {
    const std::lock_guard lock{mutex_};
    return seen_;
  }
  void forget_handles() {
    change([](seen& s) {
      s.client = nullptr;
      s.session = nullptr;
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  seen seen_;
};

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

inline session_actor::behavior_type fake_session(
    session_actor::stateful_pointer<fake_session_state> self,
    std::shared_ptr<session_script> script, std::string conversation) {
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

inline conversation_door::behavior_type fake_directory(conversation_door::pointer self,
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

// A node with nothing but a directory.
class fake_node {
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::dhr_avatar>();
      add_message_types<caf::id_block::dhr_speech>();
      add_message_types<caf::id_block::dhr_conversation>();
      add_message_types<caf::id_block::dhr_session>();
      add_message_types<caf::id_block::dhr_session_handles>();
      set("scheduler.max-threads", 2);
    }
  };
  config config_;

 public:
  fake_node() : system{config_}, directory{system.spawn(fake_directory, script)} {}
  ~fake_node() {
    caf::anon_send_exit(directory, caf::exit_reason::user_shutdown);
    directory = nullptr;
  }

  // Has the last session's client told something that the session did not plan.
  void say(session_payload payload, std::uint64_t turn = 0) {
    caf::anon_send(script->copy().client,
                   session_event{{{"conv_new"}, {1}, turn}, 1'000, std::move(payload)});
  }

  const std::shared_ptr<session_script> script = std::make_shared<session_script>();
  caf::actor_system system;
  conversation_door directory;
};

// A turn's pieces: 0.2 s of sound with six frames, a viseme and a word.
inline std::vector<session_payload> short_turn() {
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
