#include "runtime/relay/transfer.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

constexpr std::size_t header_bytes = 4;

std::array<char, header_bytes> header_of(std::size_t length) {
  std::array<char, header_bytes> header;
  for (std::size_t i = 0; i < header_bytes; ++i) {
    header[i] = static_cast<char>((length >> (8 * i)) & 0xff);
  }
  return header;
}

std::size_t length_in(const std::array<char, header_bytes>& header) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < header_bytes; ++i) {
    length |= std::size_t{static_cast<unsigned char>(header[i])} << (8 * i);
  }
  return length;
}

void check_config(const transfer_config& config) {
  // With half of the credit unacknowledged there must be room for one more piece.
  DHR_ASSERT(config.piece_bytes_max > 0 && config.credit_bytes >= 2 * config.piece_bytes_max);
  DHR_ASSERT(config.message_bytes_max <= 0xffff'ffff - header_bytes);
}

}  // namespace

// ---- the sender

transfer_sender::transfer_sender(transfer_config config) : config_{config} {
  check_config(config_);
}

result<void> transfer_sender::put(std::vector<char> message) {
  if (message.empty() || message.size() > config_.message_bytes_max) {
    return fail(errc::invalid_argument, "a message of " + std::to_string(message.size()) +
                                            " bytes does not go between nodes; at most " +
                                            std::to_string(config_.message_bytes_max) + " do");
  }
  const auto size = header_bytes + message.size();
  const bool is_full =
      queue_.size() >= config_.queue_messages_max || queued_ + size > config_.queue_bytes_max;
  if (is_full && !queue_.empty()) {
    return fail(errc::overloaded, "the link to the conversation's node is too slow for more");
  }
  queued_ += size;
  queue_.push_back(std::move(message));
  return ok();
}

std::size_t transfer_sender::piece_size() const noexcept {
  return std::min(queued_, config_.piece_bytes_max);
}

std::optional<transfer_piece> transfer_sender::next() {
  if (queue_.empty() || !may_send()) return std::nullopt;
  transfer_piece piece{++last_number_, {}};
  const auto size = piece_size();
  piece.bytes.reserve(size);
  while (piece.bytes.size() < size) cut_from_front(piece.bytes, size);
  queued_ -= size;
  unacknowledged_ += size;
  under_way_.push_back(size);
  return piece;
}

void transfer_sender::cut_from_front(std::string& piece, std::size_t size) {
  const auto& message = queue_.front();
  if (cut_ < header_bytes) {
    const auto header = header_of(message.size());
    const auto part = std::min(header_bytes - cut_, size - piece.size());
    piece.append(header.data() + cut_, part);
    cut_ += part;
  }
  if (cut_ < header_bytes) return;
  const auto done = cut_ - header_bytes;
  const auto part = std::min(message.size() - done, size - piece.size());
  piece.append(message.data() + done, part);
  cut_ += part;
  if (done + part < message.size()) return;
  queue_.pop_front();
  cut_ = 0;
}

result<void> transfer_sender::acknowledged(std::uint64_t through) {
  if (through > last_number_) {
    return fail(errc::failed, "the other node took piece " + std::to_string(through) +
                                  ", and only " + std::to_string(last_number_) + " were sent");
  }
  while (!under_way_.empty() && last_number_ - under_way_.size() < through) {
    unacknowledged_ -= under_way_.front();
    under_way_.pop_front();
  }
  return ok();
}

// ---- the receiver

transfer_receiver::transfer_receiver(transfer_config config) : config_{config} {
  check_config(config_);
}

result<std::vector<std::string>> transfer_receiver::take(std::uint64_t number,
                                                         std::string_view bytes) {
  if (broken_) return broken(*broken_);
  if (number != 0 && number <= last_number_) {
    ++duplicates_;
    return std::vector<std::string>{};
  }
  if (auto checked = check(number, bytes); !checked) return broken(checked.assume_error());
  last_number_ = number;
  untold_ += bytes.size();
  std::vector<std::string> whole;
  while (!bytes.empty()) {
    if (header_size_ < header_bytes) {
      if (auto read = read_length(bytes); !read) return broken(read.assume_error());
      continue;
    }
    const auto part = bytes.substr(0, length_ - message_.size());
    message_.append(part);
    bytes.remove_prefix(part.size());
    if (message_.size() < length_) continue;
    whole.push_back(std::exchange(message_, {}));
    header_size_ = 0;
  }
  return whole;
}

result<void> transfer_receiver::check(std::uint64_t number, std::string_view bytes) const {
  if (number != last_number_ + 1) {
    return fail(errc::failed, "piece " + std::to_string(number) + " came after piece " +
                                  std::to_string(last_number_));
  }
  if (bytes.empty() || bytes.size() > config_.piece_bytes_max) {
    return fail(errc::failed, "a piece of " + std::to_string(bytes.size()) + " bytes came");
  }
  return ok();
}

result<void> transfer_receiver::read_length(std::string_view& bytes) {
  const auto part = std::min(header_bytes - header_size_, bytes.size());
  bytes.copy(header_.data() + header_size_, part);
  bytes.remove_prefix(part);
  header_size_ += part;
  if (header_size_ < header_bytes) return ok();
  length_ = length_in(header_);
  if (length_ == 0 || length_ > config_.message_bytes_max) {
    return fail(errc::failed, "a message of " + std::to_string(length_) + " bytes is announced");
  }
  // No more on the word of the other end than a piece may bring.
  message_.reserve(std::min(length_, config_.piece_bytes_max));
  return ok();
}

result<std::vector<std::string>> transfer_receiver::broken(error reason) {
  broken_ = reason;
  message_ = {};
  return boost::outcome_v2::failure(std::move(reason));
}

std::optional<std::uint64_t> transfer_receiver::to_acknowledge() noexcept {
  if (broken_ || untold_ < config_.credit_bytes / 2) return std::nullopt;
  untold_ = 0;
  return last_number_;
}

}  // namespace dhr
