#include "runtime/store/conversation_store.hpp"

namespace dhr {

std::optional<error> refusal(const conversation_id& id) {
  if (is_valid_id(id.value)) return std::nullopt;
  return error{errc::invalid_argument,
               "a conversation's id is 1 to 64 letters, digits, '_' and '-'",
               "id",
               {}};
}

std::optional<error> refusal(const conversation_snapshot& snapshot,
                             std::optional<session_epoch> stored) {
  if (auto reason = refusal(snapshot.id)) return reason;
  if (stored && snapshot.epoch < *stored) {
    return error{errc::invalid_argument,
                 "conversation " + snapshot.id.value + " is in epoch " +
                     std::to_string(stored->value) + " by now; epoch " +
                     std::to_string(snapshot.epoch.value) + " may not write any more",
                 "epoch",
                 {}};
  }
  return std::nullopt;
}

std::int64_t to_unix_ms(wall_time time) noexcept {
  return std::chrono::floor<milliseconds>(time.time_since_epoch()).count();
}

}  // namespace dhr
