#pragma once
// Writes the history while the cluster runs, and a journal of it that a person can read.
//
// Lives on: the simulation's thread. Outlives everything that tells it something.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/store/types.hpp"
#include "tests/simulation/history.hpp"

namespace dhr::simulation {

class recorder {
 public:
  void turn_to(true_time now) noexcept { now_ = now; }
  [[nodiscard]] true_time now() const noexcept { return now_; }

  // The store accepted it.
  void stored(const conversation_snapshot& snapshot, const std::string& node);
  void granted(granted_claim claim);
  void restored(const conversation_id& id, session_epoch epoch, const std::string& node,
                std::vector<std::string> item_ids);
  // At a client's connection, which ends at `node`.
  void delivered(const conversation_id& id, session_epoch epoch, const std::string& node);
  void told(const conversation_id& id, session_epoch epoch, const std::string& item_id);
  void answer_began(const std::string& request, const std::string& response);
  void heard(heard_answer answer) { seen_.heard.push_back(std::move(answer)); }
  void ended(asked_request request) { seen_.requests.push_back(std::move(request)); }
  // Only the longest of each node and peer is kept.
  void believed(const std::string& node, const std::string& peer, nanoseconds silence);
  void ended(process_end process) { seen_.ends.push_back(std::move(process)); }
  // Only the greatest size of each queue is kept.
  void queue_holds(const std::string& queue, std::size_t size, std::size_t bound);
  void end(final_state state) { seen_.end = std::move(state); }

  void note(const std::string& what);

  [[nodiscard]] const history& seen() const noexcept { return seen_; }
  [[nodiscard]] const std::vector<std::string>& journal() const noexcept { return journal_; }

 private:
  void add(effect one);

  true_time now_{0};
  history seen_;
  std::map<conversation_id, effect> last_effect_;
  std::map<std::pair<std::string, std::string>, std::size_t> silence_of_;  // where it is
  std::map<std::string, true_time> stored_at_;                             // by item
  std::set<std::string> told_;                                             // items
  std::set<std::string> begun_;                                            // responses
  std::vector<std::string> journal_;
};

}  // namespace dhr::simulation
