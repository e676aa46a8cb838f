#pragma once
// What a line of the schema is made of: a member of `config` bound to its text, type and range.
//
//   number(DHR_KEY(conversation.max_tokens), 1, 4'096, "tokens", "Most tokens of one reply.")
//
// DHR_KEY gives the path and the way to the member in one, so that they cannot differ.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "runtime/base/config_schema.hpp"

#define DHR_KEY(member) \
#member, [](auto& values) -> auto& { return values.member; }

namespace dhr::binding {

// What a text may be: the range in words, and the test for it.
struct text_rule {
  std::string_view range;
  bool (*accepts)(std::string_view text);
};

// A member as one of the kinds that a key may have.
template <class Value>
struct accessor {
  std::function<Value(const config&)> read;
  std::function<void(config&, Value)> write;
};

config_key whole_number(std::string path, accessor<std::int64_t> member, std::int64_t min,
                        std::int64_t max, std::string unit, std::string doc);
config_key real_number(std::string path, accessor<double> member, double min, double max,
                       std::string unit, std::string doc);
config_key choice_of(std::string path, accessor<std::size_t> member, std::vector<std::string> names,
                     std::string doc);
config_key flag_key(std::string path, accessor<bool> member, std::string doc);
config_key text_key(std::string path, accessor<std::string> member, text_rule rule,
                    std::string doc);
config_key secret_key(std::string path, accessor<std::string> member, text_rule rule,
                      std::string doc);
config_key image_size_key(std::string path, accessor<image_size> member, int min, int max,
                          std::string doc);

template <class T>
struct is_duration : std::false_type {};
template <class Rep, class Period>
struct is_duration<std::chrono::duration<Rep, Period>> : std::true_type {};

template <class Access>
using member_type = std::remove_cvref_t<std::invoke_result_t<Access, config&>>;

template <class Value, class Access>
accessor<Value> access_as(Access member) {
  using type = member_type<Access>;
  return {[member](const config& values) {
            if constexpr (is_duration<type>::value) {
              return static_cast<Value>(member(values).count());
            } else {
              return static_cast<Value>(member(values));
            }
          },
          [member](config& values, Value value) {
            member(values) = static_cast<type>(std::move(value));
          }};
}

// A whole number or a duration; both limits are allowed values.
template <class Access>
config_key number(std::string path, Access member, std::int64_t min, std::int64_t max,
                  std::string unit, std::string doc) {
  static_assert(!std::floating_point<member_type<Access>>);
  return whole_number(std::move(path), access_as<std::int64_t>(member), min, max, std::move(unit),
                      std::move(doc));
}

// A number with a fraction; both limits are allowed values.
template <class Access>
config_key real(std::string path, Access member, double min, double max, std::string unit,
                std::string doc) {
  static_assert(std::floating_point<member_type<Access>>);
  return real_number(std::move(path), access_as<double>(member), min, max, std::move(unit),
                     std::move(doc));
}

// A value of an enumeration; `names` in the order of its values, which count from 0.
template <class Access>
config_key choice(std::string path, Access member, std::vector<std::string> names,
                  std::string doc) {
  static_assert(std::is_enum_v<member_type<Access>>);
  return choice_of(std::move(path), access_as<std::size_t>(member), std::move(names),
                   std::move(doc));
}

template <class Access>
config_key flag(std::string path, Access member, std::string doc) {
  static_assert(std::same_as<member_type<Access>, bool>);
  return flag_key(std::move(path), access_as<bool>(member), std::move(doc));
}

template <class Access>
config_key text(std::string path, Access member, text_rule rule, std::string doc) {
  static_assert(std::same_as<member_type<Access>, std::string>);
  return text_key(std::move(path), access_as<std::string>(member), rule, std::move(doc));
}

template <class Access>
config_key hidden(std::string path, Access member, text_rule rule, std::string doc) {
  static_assert(std::same_as<member_type<Access>, secret>);
  return secret_key(
      std::move(path),
      {[member](const config& values) { return member(values).value; },
       [member](config& values, std::string value) { member(values).value = std::move(value); }},
      rule, std::move(doc));
}

// WIDTHxHEIGHT; the limits hold for each side.
template <class Access>
config_key pixels(std::string path, Access member, int min, int max, std::string doc) {
  return image_size_key(std::move(path), access_as<image_size>(member), min, max, std::move(doc));
}

extern const text_rule any_text;   // none, one or more lines
extern const text_rule some_text;  // more than white space
extern const text_rule one_name;   // no spaces
extern const text_rule file_path;  // a path or a name that is looked up
extern const text_rule folder_or_none;
extern const text_rule file_or_none;
extern const text_rule gguf_file;
extern const text_rule host_and_port;  // "localhost:50051"
extern const text_rule authority_or_none;
extern const text_rule ip_address;
extern const text_rule http_url;  // without user and password, which would be shown
extern const text_rule compute_devices;
extern const text_rule id_or_none;    // what an id may be, see ids.hpp
extern const text_rule secret_value;  // empty, or a line without spaces
// Lists, separated by commas; spaces around the parts are allowed.
extern const text_rule host_list;       // names and IP addresses
extern const text_rule authority_list;  // "localhost:9100"
extern const text_rule origin_list;     // "https://example.org:8443"
extern const text_rule key_list;        // "NAME:KEY" or "KEY"
extern const text_rule pair_list;       // "key=value"

}  // namespace dhr::binding
