#pragma once
// Server-sent events out of a stream of bytes (WHATWG HTML, "Server-sent events"); only the data
// field is kept, since that is what the completions stream uses. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace dhr {

class sse_parser {
 public:
  // An event's data may have at most this many bytes.
  explicit sse_parser(std::size_t event_bytes_max = 1'048'576)
      : event_bytes_max_{event_bytes_max} {}

  // The data of every event that became whole with these bytes, in order. Lines may end with \n or
  // \r\n and be cut anywhere.
  [[nodiscard]] std::vector<std::string> push(std::string_view bytes);

  // An event grew past the bound; nothing more comes out.
  [[nodiscard]] bool overflowed() const noexcept { return overflowed_; }

 private:
  void end_line(std::vector<std::string>& events);

  std::size_t event_bytes_max_;
  std::string line_;
  std::string data_;
  bool has_data_ = false;
  bool overflowed_ = false;
};

}  // namespace dhr
