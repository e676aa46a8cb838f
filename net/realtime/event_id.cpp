#include "net/realtime/event_id.hpp"

#include <charconv>

namespace dhr::realtime {
namespace {

constexpr std::string_view prefix = "event_";

// Takes a decimal number without leading zeros off the front of `text`.
template <class Number>
bool take_number(std::string_view& text, Number& number) {
  if (text.size() > 1 && text[0] == '0' && text[1] != '_') return false;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
  return true;
}

bool take_separator(std::string_view& text) {
  if (text.empty() || text.front() != '_') return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string to_event_id(const event_mark& mark) {
  std::string id{prefix};
  id += std::to_string(mark.epoch);
  id += '_';
  id += std::to_string(mark.sequence);
  id += '_';
  id += std::to_string(mark.index);
  return id;
}

std::optional<event_mark> parse_event_id(std::string_view id) {
  if (!id.starts_with(prefix)) return std::nullopt;
  id.remove_prefix(prefix.size());
  event_mark mark;
  const bool whole = take_number(id, mark.epoch) && take_separator(id) &&
                     take_number(id, mark.sequence) && take_separator(id) &&
                     take_number(id, mark.index) && id.empty();
  if (!whole) return std::nullopt;
  return mark;
}

}  // namespace dhr::realtime
