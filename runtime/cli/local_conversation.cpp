#include "runtime/cli/local_conversation.hpp"

#include <algorithm>
#include <utility>

#include "actors/session/directory_actor.hpp"
#include "runtime/base/log.hpp"

namespace dhr::cli {
namespace {

constexpr milliseconds open_timeout{5'000};

}  // namespace

result<std::unique_ptr<host>> start_quietly(const config& settings,
                                            std::optional<std::string> recite) {
  auto logging = settings.log;
  logging.level = std::max(logging.level, settings::log_level::warn);
  start_logging(logging);
  host_options wishes;
  wishes.doors = false;
  wishes.recite = std::move(recite);
  auto alone = settings;
  alone.cluster.enabled = false;  // a node of a cluster has doors, and stays
  return host::start(alone, std::move(wishes));
}

result<session_actor> open_here(host& node, caf::scoped_actor& self, bool paced) {
  session_actor session;
  error refusal;
  self->request(node.directory(), open_timeout, open_conversation{})
      .receive([&](const session_actor& opened) { session = opened; },
               [&](const caf::error& problem) { refusal = from_caf_error(problem); });
  if (!session) return boost::outcome_v2::failure(std::move(refusal));
  self->send(session, attach_client{paced}, caf::actor_cast<client_actor>(caf::actor{self.ptr()}));
  return session;
}

}  // namespace dhr::cli
