#pragma once
// Where a connection and its client actor meet. The actor runs on CAF's scheduler and puts events
// in; the connection runs on its strand of the network executor and takes them out:
//
//   session ──▶ client actor ──put──▶ [ outbox ] ──next──▶ connection ──▶ socket
//                    (scheduler)          │ wake (posts to the strand)
//
// Thread-safe. Its mutex is the one place where the two worlds touch; nothing is called under it.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/session/actors.hpp"
#include "net/realtime/outbox.hpp"
#include "net/realtime/response_writer.hpp"
#include "runtime/base/metrics.hpp"

namespace dhr::realtime {

// Why a WebSocket ends: RFC 6455's code, and a text of at most 123 bytes.
struct close_reason {
  std::uint16_t code = 1'000;
  std::string text;
};

struct link_limits {
  outbox_limits outbox;
  int unanswered_max = 64;  // requests to the session; with more the connection reads no further
};

class client_link {
 public:
  // `wake` is called on any thread when the connection has something to do.
  client_link(link_limits limits, metrics& counts, std::function<void()> wake)
      : limits_{limits}, metrics_{counts}, wake_{std::move(wake)}, outbox_{limits.outbox} {}

  // ---- from the client actor
  void opened(session_actor session);
  // A full outbox ends the connection with 1013. With `interrupted`, the media of that turn and of
  // older ones goes first.
  void put(std::vector<outgoing> messages, std::optional<std::uint64_t> interrupted = {});
  void answered();

  // ---- from both
  void put(const event_problem& problem);
  // Ends the connection once what is in the outbox has been written. The first reason stays.
  void close(close_reason reason);

  // ---- from the connection
  struct step {
    std::optional<std::string> message;  // write this
    std::optional<close_reason> close;   // or, with no message left, close
  };
  // With neither, the connection is woken when there is more.
  [[nodiscard]] step next();
  [[nodiscard]] std::optional<session_actor> session() const;
  [[nodiscard]] std::optional<close_reason> closing() const;
  void asked() noexcept { ++unanswered_; }
  // False while too much is unanswered or waits to be written; woken by answered(), or to be asked
  // again after next().
  [[nodiscard]] bool may_ask() const;
  // Nobody takes anything out any more.
  void disconnected();

 private:
  bool push_locked(outgoing message);

  const link_limits limits_;
  metrics& metrics_;
  const std::function<void()> wake_;
  std::atomic<int> unanswered_{0};

  mutable std::mutex mutex_;  // guards all below
  outbox outbox_;
  std::optional<session_actor> session_;
  std::optional<close_reason> close_;
  std::uint64_t problems_ = 0;
  bool asleep_ = false;
  bool disconnected_ = false;
};

}  // namespace dhr::realtime
