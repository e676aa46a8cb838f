#include "actors/session/directory_actor.hpp"

#include <unordered_map>
#include <utility>

namespace dhr {
namespace {

constexpr auto error_category = caf::atom("dhr");

struct directory_state {
  static inline const char* name = "directory";

  directory_actor::pointer self;
  directory_config config;
  session_factory make_session;
  std::unordered_map<conversation_id, session_actor> sessions;
  std::uint64_t last_epoch = 0;
  bool draining = false;
  std::uint32_t drained_count = 0;
  std::vector<caf::typed_response_promise<std::uint32_t>> drained;

  explicit directory_state(directory_actor::pointer actor) noexcept : self{actor} {}

  caf::result<session_actor> open(const open_conversation& message) {
    if (draining) return to_caf_error({errc::unavailable, "the server is shutting down", {}, {}});
    const auto known = sessions.find(message.id);
    if (known != sessions.end()) return known->second;
    if (sessions.size() >= config.sessions_max) {
      return to_caf_error(
          {errc::overloaded,
           "the server holds its " + std::to_string(config.sessions_max) + " conversations already",
           {},
           config.retry_after});
    }
    const auto id = message.id.value.empty() ? make_conversation_id() : message.id;
    auto session = make_session(id, session_epoch{++last_epoch});
    self->monitor(session);
    sessions.emplace(id, session);
    return session;
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
  self->state.config = config;
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
  return system.spawn(directory_behavior, config, std::move(make_session));
}

caf::error to_caf_error(error reason) {
  const auto code = static_cast<std::uint8_t>(reason.code) + 1;  // CAF's zero means no error
  const auto wait = reason.retry_after ? reason.retry_after->count() : std::int64_t{-1};
  return caf::error{static_cast<std::uint8_t>(code), error_category,
                    caf::make_message(std::move(reason.message), std::move(reason.where), wait)};
}

error from_caf_error(const caf::error& reason) {
  if (reason.category() == error_category &&
      reason.context().match_elements<std::string, std::string, std::int64_t>()) {
    error result{static_cast<errc>(reason.code() - 1),
                 reason.context().get_as<std::string>(0),
                 reason.context().get_as<std::string>(1),
                 {}};
    const auto wait = reason.context().get_as<std::int64_t>(2);
    if (wait >= 0) result.retry_after = milliseconds{wait};
    return result;
  }
  if (reason == caf::sec::request_timeout) {
    return {errc::deadline, "no answer in time", {}, {}};
  }
  return {errc::failed, caf::to_string(reason), {}, {}};
}

}  // namespace dhr
