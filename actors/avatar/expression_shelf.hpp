#pragma once
// Where the expressions of all faces of a process are, and how they are exchanged while it runs.

#include <atomic>
#include <filesystem>
#include <memory>

#include "actors/avatar/expression_library.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// Thread-safe. A library on it never changes; `reload` puts another one in its place. Whoever took
// one before goes on with it, whole, for as long as they hold it: a face takes the current one at
// the beginning of each clause and of each second of rest, so that all frames of one call are of
// one library and the next call has the new one.
class expression_shelf {
 public:
  // The expressions of this file over the shipped ones; an empty path: the shipped ones. With an
  // error it says everything that is wrong.
  [[nodiscard]] static result<std::shared_ptr<expression_shelf>> open(std::filesystem::path file);

  // Never null.
  [[nodiscard]] std::shared_ptr<const expression_library> current() const noexcept {
    return library_.load();
  }

  // Reads the file again. What cannot be used is told as an error and the old library stays.
  [[nodiscard]] result<void> reload();

  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

 private:
  expression_shelf(std::filesystem::path file, std::shared_ptr<const expression_library> library)
      : file_{std::move(file)}, library_{std::move(library)} {}

  const std::filesystem::path file_;
  std::atomic<std::shared_ptr<const expression_library>> library_;
};

}  // namespace dhr
