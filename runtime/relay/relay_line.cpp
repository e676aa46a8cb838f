#include "runtime/relay/relay_line.hpp"

#include "runtime/base/assert.hpp"

namespace dhr {

relay_line::relay_line(caf::actor_system& system, transfer_config config,
                       std::shared_ptr<relay_metrics> metrics)
    : system_{system}, metrics_{std::move(metrics)}, outgoing_{config}, incoming_{config} {
  DHR_ASSERT(metrics_ != nullptr);
}

void relay_line::join(relay_end other) {
  other_ = std::move(other);
  send_pieces();
}

result<void> relay_line::put_bytes(std::vector<char> message) {
  auto outcome = outgoing_.put(std::move(message));
  if (!outcome && outcome.assume_error().code == errc::overloaded) metrics_->overflowed();
  if (outcome) send_pieces();
  return outcome;
}

void relay_line::send_pieces() {
  if (!other_) return;
  while (auto piece = outgoing_.next()) {
    metrics_->piece_sent(piece->bytes.size());
    caf::anon_send(other_, relay_piece{piece->number, std::move(piece->bytes)});
  }
  const bool waits = outgoing_.waits();
  if (waits && !waited_) metrics_->waits_for_credit();
  waited_ = waits;
}

result<std::vector<std::string>> relay_line::take(const relay_piece& piece) {
  const auto doubled = incoming_.duplicates();
  auto messages = incoming_.take(piece.number, piece.bytes);
  if (!messages) return broken(messages.assume_error().message).assume_error();
  if (incoming_.duplicates() != doubled) metrics_->piece_doubled();
  if (const auto through = incoming_.to_acknowledge(); through && other_) {
    caf::anon_send(other_, relay_credit{*through});
  }
  return messages;
}

result<void> relay_line::take(const relay_credit& credit) {
  if (auto outcome = outgoing_.acknowledged(credit.through); !outcome) {
    return broken(outcome.assume_error().message);
  }
  send_pieces();
  return ok();
}

result<void> relay_line::broken(const std::string& why) const {
  error reason{
      errc::failed, "the relay to a conversation on another node is broken: " + why, {}, {}};
  metrics_->broken(reason);
  return boost::outcome_v2::failure(std::move(reason));
}

}  // namespace dhr
