#pragma once
// Reads the fields of a JSON object that came from outside. A field that is absent or null reads as
// nothing; one of the wrong type or out of range is refused with its path. Includes Boost.JSON: for
// the doors' sources, not for their door headers.

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/realtime/event_problem.hpp"

namespace dhr::realtime {

// Parses one JSON object of at most `depth_max` levels into `storage`'s memory.
[[nodiscard]] checked<boost::json::object> parse_object(std::string_view text,
                                                        std::size_t depth_max,
                                                        boost::json::storage_ptr storage);

// A view of an object and the path that leads to it. The object must outlive it.
class object_fields {
 public:
  object_fields(const boost::json::object& object, std::string path)
      : object_{&object}, path_{std::move(path)} {}

  // The path of a field, "session.voice".
  [[nodiscard]] std::string path(std::string_view name) const;

  // The field's value; nullptr if it is absent or null.
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;

  [[nodiscard]] checked<std::optional<std::string>> text(std::string_view name,
                                                         std::size_t bytes_max) const;
  [[nodiscard]] checked<std::string> required_text(std::string_view name,
                                                   std::size_t bytes_max) const;
  [[nodiscard]] checked<std::optional<double>> number(std::string_view name, double min,
                                                      double max) const;
  [[nodiscard]] checked<std::optional<bool>> boolean(std::string_view name) const;
  [[nodiscard]] checked<std::optional<object_fields>> object(std::string_view name) const;
  [[nodiscard]] checked<object_fields> required_object(std::string_view name) const;
  // nullptr if it is absent or null.
  [[nodiscard]] checked<const boost::json::array*> array(std::string_view name) const;

 private:
  const boost::json::object* object_;
  std::string path_;
};

}  // namespace dhr::realtime
