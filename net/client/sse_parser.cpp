#include "net/client/sse_parser.hpp"

#include <utility>

namespace dhr {

std::vector<std::string> sse_parser::push(std::string_view bytes) {
  std::vector<std::string> events;
  for (const char c : bytes) {
    if (overflowed_) break;
    if (c == '\n') {
      end_line(events);
      continue;
    }
    line_ += c;
    overflowed_ = line_.size() + data_.size() > event_bytes_max_;
  }
  return events;
}

void sse_parser::end_line(std::vector<std::string>& events) {
  if (line_.ends_with('\r')) line_.pop_back();
  const std::string line = std::exchange(line_, {});
  if (line.empty()) {
    if (std::exchange(has_data_, false)) events.push_back(std::exchange(data_, {}));
    return;
  }
  constexpr std::string_view field = "data:";
  if (!line.starts_with(field)) return;
  std::string_view value = std::string_view{line}.substr(field.size());
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (has_data_) data_ += '\n';
  data_ += value;
  has_data_ = true;
}

}  // namespace dhr
