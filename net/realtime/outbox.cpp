#include "net/realtime/outbox.hpp"

#include <utility>

namespace dhr::realtime {

bool outbox::join(const outgoing& message) {
  if (!half_full() || message.delta_at == 0) return false;
  auto& last = messages_.back();
  if (last.delta_at == 0 || last.turn != message.turn) return false;
  const auto before = last.json.size();
  last.json.resize(before - 2);  // the closing quote and brace
  last.json.append(message.json, message.delta_at);
  bytes_ += last.json.size() - before;
  return true;
}

bool outbox::push(outgoing message) {
  const auto size = message.json.size();
  if (size > limits_.bytes_max - bytes_) return false;
  if (join(message)) return true;
  if (messages_.size() >= limits_.messages_max) return false;
  bytes_ += size;
  messages_.push_back(std::move(message));
  return true;
}

std::optional<std::string> outbox::pop() {
  if (messages_.empty()) return std::nullopt;
  auto json = std::move(messages_.front().json);
  messages_.pop_front();
  bytes_ -= json.size();
  return json;
}

std::size_t outbox::drop_media_through(std::uint64_t turn) {
  return std::erase_if(messages_, [&](const outgoing& message) {
    const bool drop = message.media && message.turn <= turn;
    if (drop) bytes_ -= message.json.size();
    return drop;
  });
}

void outbox::clear() noexcept {
  messages_.clear();
  bytes_ = 0;
}

}  // namespace dhr::realtime
