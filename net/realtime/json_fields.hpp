#pragma once
// Reads the fields of a JSON object that came from outside. A field that is absent or null reads as
// nothing; one of the wrong type or out of range is refused with its path, in the public API's
// words. Includes Boost.JSON: for the doors' sources, not for their door headers.

#include <boost/json.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "net/realtime/event_problem.hpp"

namespace dhr::realtime {

using refusal = boost::outcome_v2::failure_type<event_problem>;

// `wanted` with its article: "a string".
[[nodiscard]] refusal wrong_type(const std::string& path, std::string_view wanted,
                                 const boost::json::value& got);
[[nodiscard]] refusal missing(const std::string& path);
[[nodiscard]] refusal wrong_choice(const std::string& path, std::string_view got,
                                   std::initializer_list<std::string_view> supported);
// It is known what is asked for, and it is not done here.
[[nodiscard]] refusal unsupported(const std::string& path, const std::string& why);

// `path[index]`.
[[nodiscard]] std::string element(const std::string& path, std::size_t index);

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
  // The object's own path; "" for the message itself.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  // The field's value; nullptr if it is absent or null.
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;
  // There, with the value null.
  [[nodiscard]] bool is_null(std::string_view name) const;

  // Valid as long as the object.
  [[nodiscard]] checked<std::optional<std::string_view>> text_view(std::string_view name,
                                                                   std::size_t bytes_max) const;
  [[nodiscard]] checked<std::optional<std::string>> text(std::string_view name,
                                                         std::size_t bytes_max) const;
  [[nodiscard]] checked<std::string> required_text(std::string_view name,
                                                   std::size_t bytes_max) const;
  [[nodiscard]] checked<std::optional<double>> number(std::string_view name, double min,
                                                      double max) const;
  [[nodiscard]] checked<std::optional<std::int64_t>> integer(std::string_view name,
                                                             std::int64_t min,
                                                             std::int64_t max) const;
  [[nodiscard]] checked<std::optional<bool>> boolean(std::string_view name) const;
  [[nodiscard]] checked<std::optional<object_fields>> object(std::string_view name) const;
  [[nodiscard]] checked<object_fields> required_object(std::string_view name) const;
  // nullptr if it is absent or null.
  [[nodiscard]] checked<const boost::json::array*> array(std::string_view name) const;

 private:
  const boost::json::object* object_;
  std::string path_;
};

// Element `index` of the array at `path`, which must be an object.
[[nodiscard]] checked<object_fields> object_at(const boost::json::array& array,
                                               const std::string& path, std::size_t index);

}  // namespace dhr::realtime
