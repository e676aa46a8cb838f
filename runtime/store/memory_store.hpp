#pragma once
// The store without a disk: for tests, and for a node that shall forget everything when it ends.

#include <map>
#include <string>

#include "runtime/store/conversation_store.hpp"

namespace dhr {

// Lives on: the thread of whoever calls it. Holds all conversations in memory, without a bound.
class memory_store final : public conversation_store {
 public:
  [[nodiscard]] result<std::optional<conversation_snapshot>> load(
      const conversation_id& id) override;
  [[nodiscard]] result<void> save(const conversation_snapshot& snapshot) override;
  [[nodiscard]] result<bool> erase(const conversation_id& id) override;
  [[nodiscard]] result<std::size_t> erase_older_than(wall_time cutoff) override;
  [[nodiscard]] result<std::vector<conversation_summary>> list(std::size_t limit) override;
  [[nodiscard]] result<store_report> check() override;

 private:
  std::map<conversation_id, conversation_snapshot> conversations_;
};

}  // namespace dhr
