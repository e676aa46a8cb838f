#include "actors/session/item_log.hpp"

#include <algorithm>

namespace dhr {

std::size_t item_log::position(std::string_view id) const noexcept {
  const auto found = std::find_if(items_.begin(), items_.end(),
                                  [&](const conversation_item& item) { return item.id == id; });
  return static_cast<std::size_t>(found - items_.begin());
}

result<std::string> item_log::insert(conversation_item item, std::string_view previous) {
  if (items_.size() >= items_max_) {
    return fail(errc::overloaded, "the conversation holds " + std::to_string(items_max_) +
                                      " items already; delete some or begin a new conversation");
  }
  if (position(item.id) != items_.size()) {
    return fail(errc::invalid_argument, "an item with the id '" + item.id + "' exists already",
                "item.id");
  }
  auto at = items_.size();
  if (previous == "root") {
    at = 0;
  } else if (!previous.empty()) {
    at = position(previous);
    if (at == items_.size()) {
      return fail(errc::not_found, "there is no item '" + std::string{previous} + "'",
                  "previous_item_id");
    }
    ++at;
  }
  auto before = at == 0 ? std::string{} : items_[at - 1].id;
  items_.insert(items_.begin() + static_cast<std::ptrdiff_t>(at), std::move(item));
  return before;
}

result<void> item_log::erase(std::string_view id) {
  const auto at = position(id);
  if (at == items_.size()) {
    return fail(errc::not_found, "there is no item '" + std::string{id} + "'", "item_id");
  }
  items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(at));
  return ok();
}

const conversation_item* item_log::find(std::string_view id) const noexcept {
  const auto at = position(id);
  return at == items_.size() ? nullptr : &items_[at];
}

std::string item_log::last_id() const { return items_.empty() ? std::string{} : items_.back().id; }

bool item_log::set_text(std::string_view id, std::string text, item_status status) {
  const auto at = position(id);
  if (at == items_.size()) return false;
  items_[at].text = std::move(text);
  items_[at].status = status;
  return true;
}

std::vector<chat_message> item_log::messages() const { return messages(items_); }

std::vector<chat_message> item_log::messages(const std::vector<conversation_item>& items) {
  std::vector<chat_message> messages;
  messages.reserve(items.size() + 1);
  const auto goes_on = [&](std::string_view role) {
    return !messages.empty() && messages.back().role == role;
  };
  for (const auto& item : items) {
    if (item.kind == item_kind::function_call_output) {
      messages.push_back({"tool", item.text, {}, item.call_id});
    } else if (item.kind == item_kind::function_call) {
      if (!goes_on("assistant")) messages.push_back({"assistant", {}, {}, {}});
      messages.back().tool_calls.push_back({item.call_id, item.name, item.text});
    } else if (item.text.empty()) {
      continue;
    } else if (item.role != item_role::system && goes_on(to_string(item.role)) &&
               messages.back().tool_calls.empty()) {
      messages.back().content += ' ' + item.text;
    } else {
      messages.push_back({to_string(item.role), item.text, {}, {}});
    }
  }
  return messages;
}

}  // namespace dhr
