#pragma once
// Speech in, speech without function-call tags out: a small model that was shown tools may write of
// them in the middle of its words, where nothing sensible follows. Pure.

#include <string>
#include <string_view>

namespace dhr {

class tag_gate {
 public:
  // What may be said so far. The beginning of what may become "<tool" or "</tool" is held back;
  // from such a tag on nothing comes any more.
  [[nodiscard]] std::string push(std::string_view text);

  // Nothing will follow: what was held back was no tag.
  [[nodiscard]] std::string finish();

  // A tag came.
  [[nodiscard]] bool is_shut() const noexcept { return shut_; }

 private:
  std::string held_;
  bool shut_ = false;
};

}  // namespace dhr
