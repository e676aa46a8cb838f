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
#include "runtime/base/clock.hpp"
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
  std::size_t sound_bytes_max = 1'048'576;  // that the session has not taken in; likewise
};

class client_link {
 public:
  // `wake` is called on any thread when the connection has something to do.
  client_link(link_limits limits, metrics& counts, std::function<void()> wake)
      : limits_{limits}, metrics_{counts}, wake_{std::move(wake)}, outbox_{limits.outbox} {}

  // ---- from the client actor
  void opened(session_actor session);
  // The session is no more and another one will take its place: until it is opened, nothing of the
  // client is read. How many requests the old one has left without an answer for good.
  [[nodiscard]] int session_gone();
  // As its answer, of a session that rests and is no more.
  [[nodiscard]] int forget_unanswered() noexcept;
  // The session ends for the client's silence: the client's next message is read, and waits until
  // the session is opened again.
  void session_rests();
  // A full outbox ends the connection with 1013. With `interrupted`, the media of that turn and of
  // older ones goes first.
  void put(std::vector<outgoing> messages, std::optional<std::uint64_t> interrupted = {});
  void answered();
  // Of what sound_sent() counted.
  void sound_taken(std::size_t bytes);
  // A response begins: whether the client had asked for it. Each that was asked for begins or is
  // refused once.
  [[nodiscard]] bool response_began() { return take_asked_response(); }
  void response_refused() { take_asked_response(); }
  // The key has no turn left that the client's speech could begin: until then its sound is dropped.
  void ignore_sound_until(mono_time end);

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
  // Whether the session rests. The first who takes the rest has the client actor told of it.
  [[nodiscard]] bool rests() const;
  [[nodiscard]] bool take_rest();
  [[nodiscard]] std::optional<close_reason> closing() const;
  void asked() noexcept { ++unanswered_; }
  void response_asked() noexcept { ++responses_asked_; }
  // Sound goes to the session. Now and then it is for the caller to have the session asked whether
  // it has taken in so many bytes; mostly 0.
  [[nodiscard]] std::size_t sound_sent(std::size_t bytes);
  [[nodiscard]] bool ignores_sound(mono_time now) const;
  // False while too much is unanswered, untaken or waits to be written; woken by answered() and
  // sound_taken(), or to be asked again after next().
  [[nodiscard]] bool may_ask() const;
  // Nobody takes anything out any more.
  void disconnected();

 private:
  bool push_locked(outgoing message);
  bool take_asked_response() noexcept;

  const link_limits limits_;
  metrics& metrics_;
  const std::function<void()> wake_;
  std::atomic<int> unanswered_{0};
  std::atomic<int> responses_asked_{0};
  std::atomic<std::size_t> sound_untaken_{0};  // bytes
  std::size_t sound_unasked_ = 0;  // bytes of it that no question covers; the connection's own

  mutable std::mutex mutex_;  // guards all below
  outbox outbox_;
  std::optional<session_actor> session_;
  std::optional<close_reason> close_;
  bool rests_ = false;
  std::uint64_t problems_ = 0;
  mono_time deaf_until_{};
  bool asleep_ = false;
  bool disconnected_ = false;
};

}  // namespace dhr::realtime
