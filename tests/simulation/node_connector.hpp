#pragma once
// What a simulated node has in place of sockets.

#include <caf/all.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "actors/session/actors.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error_caf.hpp"

namespace dhr::simulation {

using reach_port = std::function<caf::strong_actor_ptr(std::uint16_t)>;

using connected =
    caf::typed_response_promise<caf::node_id, caf::strong_actor_ptr, std::set<std::string>>;

// The links' connector: a connection takes two ways over the network, and what does not answer is
// given up after a while.
struct connector_state {
  static inline const char* name = "connector";
  struct attempt {
    connected answer;
    std::uint16_t port = 0;
    bool was_tried = false;
  };
  std::map<std::uint64_t, attempt> attempts;
  std::uint64_t last = 0;

  connector_state() = default;
};

inline caf::behavior connector(caf::stateful_actor<connector_state>* self,
                               const reach_port& reach) {
  constexpr milliseconds round_trip{2};
  constexpr milliseconds patience{1'500};
  return {[self](caf::connect_atom, const std::string&, std::uint16_t port, const std::string&)
              -> caf::result<caf::node_id, caf::strong_actor_ptr, std::set<std::string>> {
            auto& state = self->state;
            auto answer = self->make_response_promise<caf::node_id, caf::strong_actor_ptr,
                                                      std::set<std::string>>();
            state.attempts[++state.last] = {answer, port};
            self->delayed_send(self, round_trip, state.last);
            return answer;
          },
          [self, reach](std::uint64_t which) {
            auto& one = self->state.attempts.at(which);
            const auto links = one.was_tried ? nullptr : reach(one.port);
            if (!links && !std::exchange(one.was_tried, true)) {
              self->delayed_send(self, patience, which);
              return;
            }
            auto answer = std::move(one.answer);
            self->state.attempts.erase(which);
            if (links) {
              answer.deliver(links->node(), links, std::set<std::string>{});
            } else {
              answer.deliver(to_caf_error({errc::unavailable, "nothing answers", {}, {}}));
            }
          }};
}

}  // namespace dhr::simulation
