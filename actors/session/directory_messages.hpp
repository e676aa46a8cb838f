#pragma once
// What is asked of whoever knows a node's conversations. Everything here is carried by CAF.

#include <map>
#include <string>
#include <string_view>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"

namespace dhr {

// ---- door -> directory
inline constexpr std::string_view redirect_mark = "redirect:";

// What the node has on which a conversation is placed; one that lives stays where it is.
struct node_wish {
  std::string zone;                           // empty: any
  std::map<std::string, std::string> labels;  // all of them, with these values
  friend bool operator==(const node_wish&, const node_wish&) = default;
};

// Asks for the conversation of this id, restored from the store, or made anew if there is none (or
// the id is empty). Answered by the session or an error (errc as the code of category "dhr"):
// not_found if the conversation is another owner's; unavailable, with where = "owner:NODE", if it
// lives on another node, and with where = "redirect:URL" if the asker shall go there.
struct open_conversation {
  conversation_id id;
  std::string owner;  // name of the asker's key; "" where no keys are in force
  node_wish wish;
  std::string redirect_label;  // where this one's value is the asker can go itself; "": it cannot
  friend bool operator==(const open_conversation&, const open_conversation&) = default;
};

// ---- whoever carries out an operator's wishes -> directory
// The conversation shall go on at another node: it is drained, and nobody gets it here until the
// store has it back. Nothing when it is not here.
struct hand_over_conversation {
  conversation_id id;
  milliseconds grace{5'000};
  friend bool operator==(const hand_over_conversation&, const hand_over_conversation&) = default;
};

// While `drained` the node takes no conversations, and those that it has are handed over; then it
// may take some again.
struct keep_drained {
  bool drained = false;
  milliseconds grace{5'000};
  friend bool operator==(const keep_drained&, const keep_drained&) = default;
};

// ---- host -> directory
// Takes no more conversations and drains the living ones.
struct drain_all {
  milliseconds grace{5'000};
  bool moves = false;
  friend bool operator==(const drain_all&, const drain_all&) = default;
};

}  // namespace dhr
