#pragma once
// A session and a client that a test moves by hand, and the link between two relays, on which it
// sees and holds what passes.

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/relay/relay_actor.hpp"
#include "tests/support/deterministic_system.hpp"

namespace dhr::testing {

using stop_atom = caf::atom_constant<caf::atom("stop")>;
using finish_atom = caf::atom_constant<caf::atom("finish")>;
using answer_atom = caf::atom_constant<caf::atom("answer")>;  // the first question

struct session_end {
  std::vector<attach_client> attached;
  client_actor client;
  std::vector<client_request> requests;
  std::vector<std::string> order;  // "request", "question"
  std::deque<caf::typed_response_promise<sound_taken_atom>> questions;
  int clients_lost = 0;
  int others = 0;  // what no client may say
};

struct client_end {
  std::vector<session_event> events;
  std::optional<caf::error> session_lost;
};

// What crossed, and what is held back.
struct link_seen {
  std::vector<std::size_t> up;    // sizes of the pieces towards the session
  std::vector<std::size_t> down;  // and towards the client
  std::size_t credits = 0;
  bool hold_credit = false;       // the far relay's
  bool hold_near_credit = false;  // the near relay's
  bool double_pieces = false;
  relay_end near;  // to send to what the other end never would
};

using fake_session = session_actor::extend<caf::reacts_to<stop_atom>, caf::reacts_to<answer_atom>,
                                           caf::reacts_to<finish_atom>>;

inline fake_session::behavior_type session_end_behavior(fake_session::pointer self,
                                                        session_end* seen) {
  self->set_down_handler([=](const caf::down_msg&) { ++seen->clients_lost; });
  return {[=](const attach_client& x, const client_actor& client) {
            seen->attached.push_back(x);
            seen->client = client;
            self->monitor(client);
          },
          [=](const client_request& x) {
            seen->requests.push_back(x);
            seen->order.emplace_back("request");
          },
          [=](const drain_session&) { ++seen->others; },
          [=](const leave_conversation&) { ++seen->others; },
          [=](sound_taken_atom) -> caf::result<sound_taken_atom> {
            seen->order.emplace_back("question");
            seen->questions.push_back(self->make_response_promise<sound_taken_atom>());
            return seen->questions.back();
          },
          [=](stop_atom) { self->quit(caf::exit_reason::out_of_workers); },
          [=](finish_atom) { self->quit(); },
          [=](answer_atom) {
            seen->questions.front().deliver(sound_taken_atom::value);
            seen->questions.pop_front();
          }};
}

inline client_actor::behavior_type client_end_behavior(client_actor::pointer self, client_end* seen,
                                                       const session_actor& session) {
  self->set_down_handler([=](const caf::down_msg& x) { seen->session_lost = x.reason; });
  self->monitor(session);
  return {[=](const session_event& x) {
    seen->events.push_back(x);
    const auto* closed = std::get_if<session_closed>(&x.payload);
    if (closed != nullptr && closed->reason == "finish") self->quit();
  }};
}

// The near relay, as the far one sees it over the link.
inline relay_end::behavior_type near_tap_behavior(relay_end::pointer self, link_seen* seen,
                                                  const relay_end& near) {
  self->set_down_handler([=](const caf::down_msg& x) { self->quit(x.reason); });
  self->monitor(near);
  return {[=](const relay_piece& x) {
            seen->down.push_back(x.bytes.size());
            self->send(near, x);
            if (seen->double_pieces) self->send(near, x);
          },
          [=](const relay_credit& x) {
            ++seen->credits;
            if (!seen->hold_near_credit) self->send(near, x);
          }};
}

// The far relay, as the near one sees it.
inline far_relay::behavior_type far_tap_behavior(far_relay::pointer self, link_seen* seen,
                                                 const far_relay& far) {
  self->set_down_handler([=](const caf::down_msg& x) { self->quit(x.reason); });
  self->monitor(far);
  return {[=](const relay_piece& x) {
            seen->up.push_back(x.bytes.size());
            self->send(far, x);
            if (seen->double_pieces) self->send(far, x);
          },
          [=](const relay_credit& x) {
            ++seen->credits;
            if (!seen->hold_credit) self->send(far, x);
          },
          [=](const begin_relay& x, const relay_end& near) {
            seen->near = near;
            self->send(far, x, self->home_system().spawn(near_tap_behavior, seen, near));
          }};
}

}  // namespace dhr::testing
