#include "net/realtime/client_link.hpp"

#include <utility>

namespace dhr::realtime {
namespace {

constexpr std::size_t sound_step_bytes = 65'536;  // from one question to the next

// Returns the value before; zero stays.
int decrease(std::atomic<int>& count) noexcept {
  auto before = count.load();
  while (before > 0 && !count.compare_exchange_weak(before, before - 1)) {
  }
  return before;
}

}  // namespace

void client_link::opened(session_actor session) {
  {
    const std::lock_guard lock{mutex_};
    session_ = std::move(session);
    rests_ = false;
  }
  wake_();
}

int client_link::session_gone() {
  {
    const std::lock_guard lock{mutex_};
    session_.reset();
    rests_ = false;
  }
  return forget_unanswered();
}

int client_link::forget_unanswered() noexcept {
  responses_asked_ = 0;
  return unanswered_.exchange(0);
}

void client_link::session_rests() {
  {
    const std::lock_guard lock{mutex_};
    session_.reset();
    rests_ = true;
  }
  wake_();
}

bool client_link::rests() const {
  const std::lock_guard lock{mutex_};
  return rests_;
}

bool client_link::take_rest() {
  const std::lock_guard lock{mutex_};
  return std::exchange(rests_, false);
}

// Returns whether the connection has to be woken.
bool client_link::push_locked(outgoing message) {
  if (disconnected_ || close_) return false;
  if (!outbox_.push(std::move(message))) {
    outbox_.clear();
    close_ = close_reason{1'013, "the client reads too slowly"};
    return true;
  }
  return std::exchange(asleep_, false);
}

void client_link::put(std::vector<outgoing> messages, std::optional<std::uint64_t> interrupted) {
  bool wake = false;
  std::size_t dropped = 0;
  {
    const std::lock_guard lock{mutex_};
    if (interrupted) dropped = outbox_.drop_media_through(*interrupted);
    for (auto& message : messages) wake = push_locked(std::move(message)) || wake;
  }
  for (; dropped > 0; --dropped) metrics_.stale_dropped("outbox");
  if (wake) wake_();
}

void client_link::put(const event_problem& problem) {
  bool wake = false;
  {
    const std::lock_guard lock{mutex_};
    wake = push_locked(error_event(problem, "event_door_" + std::to_string(++problems_)));
  }
  if (wake) wake_();
}

void client_link::answered() {
  if (decrease(unanswered_) == limits_.unanswered_max) wake_();
}

bool client_link::take_asked_response() noexcept { return decrease(responses_asked_) > 0; }

std::size_t client_link::sound_sent(std::size_t bytes) {
  sound_untaken_ += bytes;
  sound_unasked_ += bytes;
  return sound_unasked_ < sound_step_bytes ? 0 : std::exchange(sound_unasked_, 0);
}

void client_link::sound_taken(std::size_t bytes) {
  const auto before = sound_untaken_.fetch_sub(bytes);
  if (before >= limits_.sound_bytes_max && before - bytes < limits_.sound_bytes_max) wake_();
}

void client_link::ignore_sound_until(mono_time end) {
  const std::lock_guard lock{mutex_};
  deaf_until_ = end;
}

bool client_link::ignores_sound(mono_time now) const {
  const std::lock_guard lock{mutex_};
  return now < deaf_until_;
}

void client_link::close(close_reason reason) {
  {
    const std::lock_guard lock{mutex_};
    if (close_ || disconnected_) return;
    close_ = std::move(reason);
  }
  wake_();
}

client_link::step client_link::next() {
  const std::lock_guard lock{mutex_};
  step result;
  result.message = outbox_.pop();
  if (!result.message) result.close = close_;
  asleep_ = !result.message && !result.close;
  return result;
}

bool client_link::may_ask() const {
  if (unanswered_ >= limits_.unanswered_max) return false;
  if (sound_untaken_ >= limits_.sound_bytes_max) return false;
  const std::lock_guard lock{mutex_};
  return !outbox_.half_full();
}

std::optional<session_actor> client_link::session() const {
  const std::lock_guard lock{mutex_};
  return session_;
}

std::optional<close_reason> client_link::closing() const {
  const std::lock_guard lock{mutex_};
  return close_;
}

void client_link::disconnected() {
  const std::lock_guard lock{mutex_};
  disconnected_ = true;
  outbox_.clear();
  session_.reset();
}

}  // namespace dhr::realtime
