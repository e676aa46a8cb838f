#pragma once
// One end of a relay without its actor: messages to bytes to pieces, and back.

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/error_caf.hpp"
#include "runtime/relay/actors.hpp"
#include "runtime/relay/metrics.hpp"
#include "runtime/relay/transfer.hpp"

namespace dhr {

// Lives on: the scheduler. Owned by: a relay's actor.
class relay_line {
 public:
  relay_line(caf::actor_system& system, transfer_config config,
             std::shared_ptr<relay_metrics> metrics);

  // What was put before goes to it as well.
  void join(relay_end other);
  [[nodiscard]] bool is_joined() const noexcept { return static_cast<bool>(other_); }

  // errc::overloaded when too much waits, errc::invalid_argument for what is too long; nothing was
  // sent then.
  template <class... Ts>
  [[nodiscard]] result<void> put(relay_kind kind, const Ts&... values) {
    std::vector<char> bytes;
    caf::binary_serializer sink{system_, bytes};
    if (auto problem = sink(static_cast<std::uint8_t>(kind), values...)) {
      return boost::outcome_v2::failure(from_caf_error(problem));
    }
    return put_bytes(std::move(bytes));
  }

  // The messages that are whole with it; an error ends the relay.
  [[nodiscard]] result<std::vector<std::string>> take(const relay_piece& piece);
  [[nodiscard]] result<void> take(const relay_credit& credit);

  // A message is never empty.
  [[nodiscard]] static relay_kind kind_of(const std::string& message) {
    return static_cast<relay_kind>(message.front());
  }
  template <class... Ts>
  [[nodiscard]] result<void> read(const std::string& message, Ts&... values) const {
    caf::binary_deserializer source{system_, message.data() + 1, message.size() - 1};
    if (auto problem = source(values...)) return broken(from_caf_error(problem).message);
    if (source.remaining() != 0) return broken("bytes are left over");
    return ok();
  }
  // For what `read` cannot tell: a kind that does not go this way.
  [[nodiscard]] result<void> broken(const std::string& why) const;

 private:
  [[nodiscard]] result<void> put_bytes(std::vector<char> message);
  void send_pieces();

  caf::actor_system& system_;
  std::shared_ptr<relay_metrics> metrics_;
  transfer_sender outgoing_;
  transfer_receiver incoming_;
  relay_end other_;
  bool waited_ = false;
};

}  // namespace dhr
