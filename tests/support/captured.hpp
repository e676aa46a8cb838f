#pragma once

#include <ostream>
#include <sstream>
#include <string>

namespace dhr::testing {

// Takes what is written to a stream for as long as it lives.
class captured {
 public:
  explicit captured(std::ostream& stream) : stream_{stream}, before_{stream.rdbuf(text_.rdbuf())} {}
  ~captured() { stream_.rdbuf(before_); }
  captured(const captured&) = delete;
  captured& operator=(const captured&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::ostream& stream_;
  std::streambuf* before_;
};

}  // namespace dhr::testing
