#include "actors/session/directory_actor.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "actors/session/memory_codec.hpp"

namespace dhr {
namespace {

struct directory_state {
  static inline const char* name = "directory";

  directory_actor::pointer self;
  directory_config config;
  session_factory make_session;
  std::unordered_map<conversation_id, session_actor> sessions;
  std::unordered_map<conversation_id, std::vector<caf::typed_response_promise<session_actor>>>
      loading;
  std::uint64_t last_epoch = 0;
  bool draining = false;
  std::uint32_t drained_count = 0;
  std::vector<caf::typed_response_promise<std::uint32_t>> drained;

  explicit directory_state(directory_actor::pointer actor) noexcept : self{actor} {}

  caf::result<session_actor> open(const open_conversation& message) {
    if (draining) return to_caf_error(shutting_down());
    const auto known = sessions.find(message.id);
    if (known != sessions.end()) return known->second;
    if (sessions.size() + loading.size() >= config.sessions_max) {
      return to_caf_error(
          {errc::overloaded,
           "the server holds its " + std::to_string(config.sessions_max) + " conversations already",
           {},
           config.retry_after});
    }
    if (message.id.value.empty()) return begin(make_conversation_id(), std::nullopt);
    if (!config.store) return begin(message.id, std::nullopt);
    return load(message.id);
  }

  session_actor begin(const conversation_id& id,
                      const std::optional<conversation_snapshot>& stored) {
    auto epoch = ++last_epoch;
    if (stored) epoch = std::max(epoch, stored->epoch.value + 1);
    auto session = make_session(id, session_epoch{epoch},
                                stored ? std::optional{memory_of(*stored)} : std::nullopt);
    self->monitor(session);
    sessions.emplace(id, session);
    return session;
  }

  // All who ask for it meanwhile get the same session.
  caf::result<session_actor> load(const conversation_id& id) {
    auto promise = self->make_response_promise<session_actor>();
    auto& waiting = loading[id];
    waiting.push_back(promise);
    if (waiting.size() == 1) {
      self->request(config.store, config.load_timeout, load_conversation{id})
          .then([this, id](const conversation_snapshot& stored) { loaded(id, stored); },
                [this, id](const caf::error& reason) {
                  auto problem = from_caf_error(reason);
                  if (problem.code == errc::not_found) return loaded(id, std::nullopt);
                  refuse(id, {errc::unavailable,
                              "the conversation cannot be loaded: " + problem.message,
                              {},
                              {}});
                });
    }
    return promise;
  }

  void loaded(const conversation_id& id, const std::optional<conversation_snapshot>& stored) {
    if (draining) return refuse(id, shutting_down());
    const auto session = begin(id, stored);
    for (auto& promise : take_waiting(id)) promise.deliver(session);
  }

  void refuse(const conversation_id& id, const error& reason) {
    for (auto& promise : take_waiting(id)) promise.deliver(to_caf_error(reason));
  }

  std::vector<caf::typed_response_promise<session_actor>> take_waiting(const conversation_id& id) {
    auto waiting = std::move(loading[id]);
    loading.erase(id);
    return waiting;
  }

  static error shutting_down() {
    return {errc::unavailable, "the server is shutting down", {}, {}};
  }

  caf::result<std::uint32_t> drain(const drain_all& message) {
    draining = true;
    drained_count = static_cast<std::uint32_t>(sessions.size());
    if (sessions.empty()) return drained_count;
    auto promise = self->make_response_promise<std::uint32_t>();
    drained.push_back(promise);
    for (const auto& [id, session] : sessions) self->send(session, drain_session{message.grace});
    return promise;
  }

  void session_ended(const caf::down_msg& message) {
    std::erase_if(sessions, [&](const auto& entry) { return message.source == entry.second; });
    if (!draining || !sessions.empty()) return;
    for (auto& promise : std::exchange(drained, {})) promise.deliver(drained_count);
  }
};

directory_actor::behavior_type directory_behavior(
    directory_actor::stateful_pointer<directory_state> self, directory_config config,
    session_factory make_session) {
  self->state.config = std::move(config);
  self->state.make_session = std::move(make_session);
  self->set_down_handler([self](caf::down_msg& x) { self->state.session_ended(x); });
  return {
      [self](const open_conversation& x) { return self->state.open(x); },
      [self](const drain_all& x) { return self->state.drain(x); },
  };
}

}  // namespace

directory_actor spawn_directory(caf::actor_system& system, directory_config config,
                                session_factory make_session) {
  return system.spawn(directory_behavior, std::move(config), std::move(make_session));
}

}  // namespace dhr
