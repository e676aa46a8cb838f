#pragma once
// What the registry of models is told of those that are loaded whole at the node's start (language,
// voices, ears), and of those that a server computes for it. The net that reads emotion tells of
// itself.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gpu/model_registry.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct model_source {
  std::string name;                          // as the metrics of its worker call it
  std::vector<std::filesystem::path> files;  // its weights; none: it is part of a library
  std::string precision{};                   // empty: not known, or not yet
};

// For one thread, but for what it starts itself: a thread of the lowest priority that hashes the
// files, of which a node may have gigabytes, after the start.
class model_entries {
 public:
  // `time` outlives it.
  model_entries(std::shared_ptr<model_registry> registry, const clock& time);
  ~model_entries();  // as stop()
  model_entries(const model_entries&) = delete;
  model_entries& operator=(const model_entries&) = delete;

  // Its loading onto the CPU begins now; its version is when its files were written. The entry.
  std::uint64_t loading(model_source source);
  // It is loaded, and run for the first time. A precision that is not empty is what its file says.
  void warming(std::uint64_t entry, std::string precision = {});
  void ready(std::uint64_t entry);
  // A model of this name is asked for at a server. Whether that answers is for others to tell.
  void served(std::string name);

  // Begins to hash the files of all that was told until now, once; the registry gets each hash when
  // it is known. A file that has been written meanwhile, or cannot be read, gets none: a warning is
  // logged.
  void hash_files();
  // Ends that, at once but for what is left of a mebibyte. Later calls do nothing.
  void stop();

 private:
  struct unhashed {
    std::uint64_t entry = 0;
    std::string name;
    std::string version;
    std::vector<std::filesystem::path> files;
  };
  static void hash(const std::stop_token& stop, const std::vector<unhashed>& all,
                   model_registry& registry);

  const std::shared_ptr<model_registry> registry_;
  const clock& time_;
  std::vector<unhashed> unhashed_;
  std::jthread hashing_;
};

}  // namespace dhr
