#include "actors/session/directory_actor.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "actors/session/memory_codec.hpp"

namespace dhr {
namespace {

struct living_session {
  session_actor session;
  std::string owner;
};

// Somebody waits for a conversation that is being loaded.
struct waiting_client {
  caf::typed_response_promise<session_actor> promise;
  std::string owner;
};

struct directory_state {
  static inline const char* name = "directory";

  directory_actor::pointer self;
  directory_config config;
  session_factory make_session;
  std::unordered_map<conversation_id, living_session> sessions;
  std::unordered_map<conversation_id, std::vector<waiting_client>> loading;
  std::uint64_t last_epoch = 0;
  bool draining = false;
  std::uint32_t drained_count = 0;
  std::vector<caf::typed_response_promise<std::uint32_t>> drained;

  explicit directory_state(directory_actor::pointer actor) noexcept : self{actor} {}

  caf::result<session_actor> open(const open_conversation& message) {
    if (draining) return to_caf_error(shutting_down());
    const auto known = sessions.find(message.id);
    if (known != sessions.end()) {
      if (known->second.owner != message.owner) return to_caf_error(unknown(message.id));
      return known->second.session;
    }
    if (sessions.size() + loading.size() >= config.sessions_max) {
      return to_caf_error(
          {errc::overloaded,
           "the server holds its " + std::to_string(config.sessions_max) + " conversations already",
           {},
           config.retry_after});
    }
    if (message.id.value.empty()) return begin(make_conversation_id(), message.owner, {}, {});
    if (!config.store) return begin(message.id, message.owner, {}, {});
    return load(message.id, message.owner);
  }

  session_actor begin(const conversation_id& id, const std::string& owner,
                      session_epoch last_stored, std::optional<session_memory> restored) {
    const session_epoch epoch{std::max(++last_epoch, last_stored.value + 1)};
    auto session = make_session(id, owner, epoch, std::move(restored));
    self->monitor(session);
    sessions.emplace(id, living_session{session, owner});
    return session;
  }

  // All its owner's clients who ask for it meanwhile get the same session.
  caf::result<session_actor> load(const conversation_id& id, const std::string& owner) {
    auto promise = self->make_response_promise<session_actor>();
    auto& waiting = loading[id];
    waiting.push_back({promise, owner});
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
    auto waiting = take_waiting(id);
    auto restored = stored ? std::optional{memory_of(*stored)} : std::nullopt;
    const auto owner = restored ? restored->owner : waiting.front().owner;
    session_actor session;
    for (auto& client : waiting) {
      if (client.owner != owner) {
        client.promise.deliver(to_caf_error(unknown(id)));
        continue;
      }
      if (!session) {
        session = begin(id, owner, stored ? stored->epoch : session_epoch{}, std::move(restored));
      }
      client.promise.deliver(session);
    }
  }

  void refuse(const conversation_id& id, const error& reason) {
    for (auto& client : take_waiting(id)) client.promise.deliver(to_caf_error(reason));
  }

  std::vector<waiting_client> take_waiting(const conversation_id& id) {
    auto waiting = std::move(loading[id]);
    loading.erase(id);
    return waiting;
  }

  static error unknown(const conversation_id& id) {
    return {errc::not_found, "there is no conversation '" + id.value + "'", {}, {}};
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
    for (const auto& [id, living] : sessions) {
      self->send(living.session, drain_session{message.grace});
    }
    return promise;
  }

  void session_ended(const caf::down_msg& message) {
    std::erase_if(sessions,
                  [&](const auto& entry) { return message.source == entry.second.session; });
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
