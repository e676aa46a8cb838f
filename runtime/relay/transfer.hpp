#pragma once
// Long messages over a link that others need as well: cut into pieces, and never more of them under
// way than the other end has room for.
//
//   put ──▶ queue ──next──▶ piece 1, 2, 3 … ══ link ══▶ take ──▶ messages, whole and in order
//             ▲               at most `credit` of them            │
//             └──────────────── acknowledged(n) ◀── to_acknowledge, every half of the credit
//
// The messages are one stream: each is its length in four bytes (little endian) and its bytes, and
// pieces are cut from it wherever they are full. A short message is a piece of its own as long as
// there is credit; those that had to wait share pieces. Nothing here waits for more to come. Pure.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

struct transfer_config {
  // With the link's own header and the message's names, less than the 64 KiB that any message
  // between nodes may have.
  std::size_t piece_bytes_max = 63 * 1'024;
  // Between a round trip and the next, so much passes: at 1 ms 256 MB/s, at 50 ms 5 MB/s, where a
  // conversation needs 0.1 MB/s. And so much stands before a heartbeat: 2 ms at a gigabit. All of
  // the two seconds that a session runs ahead (110 KB of sound and face) pass without waiting. At
  // least two pieces.
  std::size_t credit_bytes = 256 * 1'024;
  // What may wait for credit. One message of the greatest length always may.
  std::size_t queue_bytes_max = 40 * 1'024 * 1'024;
  std::size_t queue_messages_max = 8'192;
  // The longest file of sound that a door takes (audio_file_max) has 28.8 MB.
  std::size_t message_bytes_max = 32 * 1'024 * 1'024;
};

struct transfer_piece {
  std::uint64_t number = 0;  // from 1
  std::string bytes;
};

// Lives on: the thread of its owner.
class transfer_sender {
 public:
  explicit transfer_sender(transfer_config config);

  // errc::overloaded, with nothing changed, when more would wait than may; errc::invalid_argument
  // for a message that is empty or longer than any may be.
  [[nodiscard]] result<void> put(std::vector<char> message);
  // What may go on its way now; to be called until there is nothing.
  [[nodiscard]] std::optional<transfer_piece> next();
  // The other end has taken all pieces up to this one. Older news says nothing. errc::failed, for
  // a piece that was never sent: the other end is not to be trusted.
  [[nodiscard]] result<void> acknowledged(std::uint64_t through);

  [[nodiscard]] bool waits() const noexcept { return !queue_.empty() && !may_send(); }
  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }
  [[nodiscard]] std::size_t queued_bytes() const noexcept { return queued_; }
  [[nodiscard]] std::size_t unacknowledged_bytes() const noexcept { return unacknowledged_; }

 private:
  [[nodiscard]] std::size_t piece_size() const noexcept;
  [[nodiscard]] bool may_send() const noexcept {
    return unacknowledged_ + piece_size() <= config_.credit_bytes;
  }
  void cut_from_front(std::string& piece, std::size_t size);

  transfer_config config_;
  std::deque<std::vector<char>> queue_;
  std::size_t cut_ = 0;     // bytes of the first message in the queue, its length among them
  std::size_t queued_ = 0;  // bytes that are not in a piece yet, lengths among them
  std::uint64_t last_number_ = 0;
  std::deque<std::size_t> under_way_;  // sizes of the pieces up to the last
  std::size_t unacknowledged_ = 0;
};

// Lives on: the thread of its owner.
class transfer_receiver {
 public:
  explicit transfer_receiver(transfer_config config);

  // The messages that are whole with this piece. A piece that was there already is dropped and
  // counted. errc::failed when one is missing or what comes is none of a sender's; from then on
  // always.
  [[nodiscard]] result<std::vector<std::string>> take(std::uint64_t number, std::string_view bytes);
  // The number to be told to the sender, when it is time to; to be called after take().
  [[nodiscard]] std::optional<std::uint64_t> to_acknowledge() noexcept;

  [[nodiscard]] std::uint64_t duplicates() const noexcept { return duplicates_; }
  [[nodiscard]] std::size_t held_bytes() const noexcept { return message_.size(); }

 private:
  [[nodiscard]] result<void> check(std::uint64_t number, std::string_view bytes) const;
  [[nodiscard]] result<void> read_length(std::string_view& bytes);
  result<std::vector<std::string>> broken(error reason);

  transfer_config config_;
  std::uint64_t last_number_ = 0;
  std::size_t untold_ = 0;  // bytes since the last acknowledgement
  std::array<char, 4> header_{};
  std::size_t header_size_ = 0;
  std::size_t length_ = 0;  // of the message under way, once its header is whole
  std::string message_;
  std::uint64_t duplicates_ = 0;
  std::optional<error> broken_;
};

}  // namespace dhr
