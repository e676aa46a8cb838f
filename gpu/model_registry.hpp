#pragma once
// Which models this process has loaded: what they are, where they run, and how far they are.

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"

namespace dhr {

// What one version of a model is.
struct model_facts {
  std::string name;     // "emotion"
  std::string version;  // as whoever made its files calls it, or when they were written
  std::string hash;     // SHA-256 of its weights, in hexadecimal; empty until it is known
  friend bool operator==(const model_facts&, const model_facts&) = default;
};

enum class model_state : std::uint8_t {
  loading,  // its files are read and its memory is taken
  warming,  // it is run for the first time
  ready,
  resting,  // its device failed and is to be tried again
  retired,  // another version took its place, or its device was lost
};
[[nodiscard]] const char* to_string(model_state state) noexcept;

struct model_entry {
  std::uint64_t id = 0;
  model_facts facts;
  std::string precision;  // "fp32", "int16"; empty where it is the file's own
  std::string device;     // "cpu", "cuda:0"; "server": another process computes it
  model_state state = model_state::loading;
  wall_time since{};  // it is in this state
};

// Thread-safe: workers write, doors read. The mutex is held for a few copies at most.
class model_registry {
 public:
  // The new entry's id.
  std::uint64_t add(model_facts facts, std::string precision, std::string device, model_state state,
                    wall_time now);
  // Of the retired entries of a model's name on a device only the last one is kept.
  void change(std::uint64_t id, model_state state, wall_time now);
  void remove(std::uint64_t id);
  // Known later than the model itself; an id that is gone is passed over.
  void tell_hash(std::uint64_t id, std::string hash);
  void tell_precision(std::uint64_t id, std::string precision);

  // In the order in which they were added.
  [[nodiscard]] std::vector<model_entry> list() const;

 private:
  mutable std::mutex mutex_;
  std::vector<model_entry> entries_;  // guarded by mutex_, as the next
  std::uint64_t last_id_ = 0;
};

}  // namespace dhr
