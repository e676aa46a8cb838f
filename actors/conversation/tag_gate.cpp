#include "actors/conversation/tag_gate.hpp"

#include <utility>

namespace dhr {

std::string tag_gate::push(std::string_view text) {
  if (shut_) return {};
  std::string open = std::exchange(held_, {});
  open += text;
  for (auto at = open.find('<'); at != std::string::npos; at = open.find('<', at + 1)) {
    const auto from_here = std::string_view{open}.substr(at);
    for (const std::string_view tag : {"<tool", "</tool"}) {
      shut_ = shut_ || from_here.starts_with(tag);
      if (tag.starts_with(from_here)) held_ = from_here;
    }
    if (!shut_ && held_.empty()) continue;
    if (shut_) held_.clear();
    open.resize(at);
    break;
  }
  return open;
}

std::string tag_gate::finish() { return std::exchange(held_, {}); }

}  // namespace dhr
