#pragma once
// A conversation's items in their order, with ids that are unique in it.

#include <string>
#include <string_view>
#include <vector>

#include "actors/session/types.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

class item_log {
 public:
  // `items_max` bounds the log: an insertion past it is errc::overloaded, so that a client that
  // never stops adding cannot exhaust the node. An item's text is bounded by the door.
  explicit item_log(std::size_t items_max = 4'096) noexcept : items_max_{items_max} {}

  // Inserts after `previous` ("" appends, "root" goes first). Returns the id of the item before it.
  // errc::invalid_argument when the id is taken, errc::not_found when `previous` is unknown.
  [[nodiscard]] result<std::string> insert(conversation_item item, std::string_view previous);

  // What is known only now: a transcript, or how much of an answer was heard. False if there is no
  // such item.
  bool set_text(std::string_view id, std::string text, item_status status);

  [[nodiscard]] result<void> erase(std::string_view id);
  [[nodiscard]] const conversation_item* find(std::string_view id) const noexcept;
  // Id of the last item, "" when there is none.
  [[nodiscard]] std::string last_id() const;

  // What the model is told: the items with text, oldest first. What one side says in several items
  // running is one message, and so are an answer and the functions that it calls.
  [[nodiscard]] std::vector<chat_message> messages() const;
  [[nodiscard]] static std::vector<chat_message> messages(
      const std::vector<conversation_item>& items);

  [[nodiscard]] const std::vector<conversation_item>& items() const noexcept { return items_; }

 private:
  [[nodiscard]] std::size_t position(std::string_view id) const noexcept;

  std::size_t items_max_;
  std::vector<conversation_item> items_;
};

}  // namespace dhr
