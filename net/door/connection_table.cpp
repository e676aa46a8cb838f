#include "net/door/connection_table.hpp"

#include <utility>

namespace dhr::door {

void connection_table::add(const live_connection* key, std::weak_ptr<live_connection> connection) {
  const std::lock_guard lock{mutex_};
  connections_.emplace(key, std::move(connection));
}

void connection_table::remove(const live_connection* key) {
  std::function<void()> then;
  {
    const std::lock_guard lock{mutex_};
    connections_.erase(key);
    if (connections_.empty()) then = std::exchange(empty_, nullptr);
  }
  if (then) then();
}

std::size_t connection_table::size() const {
  const std::lock_guard lock{mutex_};
  return connections_.size();
}

std::vector<std::shared_ptr<live_connection>> connection_table::all() const {
  const std::lock_guard lock{mutex_};
  std::vector<std::shared_ptr<live_connection>> living;
  living.reserve(connections_.size());
  for (const auto& [key, connection] : connections_) {
    if (auto strong = connection.lock()) living.push_back(std::move(strong));
  }
  return living;
}

void connection_table::when_empty(std::function<void()> then) {
  {
    const std::lock_guard lock{mutex_};
    if (!connections_.empty()) {
      empty_ = std::move(then);
      return;
    }
  }
  then();
}

}  // namespace dhr::door
