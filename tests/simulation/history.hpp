#pragma once
// What a simulated cluster did that somebody outside of it could see, in the order of the one true
// time. The checkers read nothing else.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"

namespace dhr::simulation {

using true_time = nanoseconds;  // since the simulation's start

enum class effect_kind : std::uint8_t {
  stored,     // the store accepted a save
  delivered,  // an event reached the client's connection
};

// Something that an activation of a conversation did.
struct effect {
  true_time at{};
  effect_kind kind = effect_kind::stored;
  conversation_id conversation;
  session_epoch epoch;
  std::string node;  // where it was seen
};

// The store gave a conversation to a node.
struct granted_claim {
  true_time at{};
  conversation_id conversation;
  session_epoch epoch;
  std::string node;
  // Processes that had a living activation of it at this moment, and whose lease by their own
  // clocks let them act for it. One that stands still is among them: if it went on now, it would
  // act.
  std::vector<std::string> held_by{};
  // Its process was told to end, and has since then run for so long with a store that answered.
  std::optional<nanoseconds> told_to_end{};
};

// A peer of which a node heard nothing and which it believed to be alive all the same.
struct believed_silence {
  true_time at{};
  std::string node;
  std::string peer;
  nanoseconds lasted{};  // while the node ran without a break and had a lease
};

// A process that was told to end.
struct process_end {
  true_time told{};
  std::string node;
  bool ended = false;  // by itself
  nanoseconds ran{};   // since then, until it ended or was killed, or the simulation ended
};

// What a client asked. Its time counts while the client had a way to a living node.
struct asked_request {
  int client = 0;
  std::string id;
  true_time asked{};
  std::optional<true_time> ended;  // by an answer, a typed error or its connection's end
  nanoseconds reachable{};         // of the time until it ended, or until the simulation did
};

// An answer that a client was told to be complete.
struct told_turn {
  true_time at{};
  conversation_id conversation;
  session_epoch epoch;
  std::string item_id;
  std::optional<true_time> stored;  // when the store first accepted a save that has it
};

// The items with which an activation began.
struct restored_history {
  true_time at{};
  conversation_id conversation;
  session_epoch epoch;
  std::vector<std::string> item_ids;
};

// A response that began, and the request that it answers.
struct begun_answer {
  true_time at{};
  std::string request;
  std::string response;
};

// An answer as a client put it together from its pieces, over as many connections as it took that
// each went on where the one before had broken off.
struct heard_answer {
  true_time at{};
  int client = 0;
  std::string heard;
  std::string whole;      // what its end says
  std::size_t sound = 0;  // bytes; as many in each answer that has the same words
};

struct queue_reading {
  true_time at{};
  std::string queue;
  std::size_t size = 0;
  std::size_t bound = 0;
};

// A conversation that is on one node and wanted on another one.
struct standing_wish {
  conversation_id conversation;
  std::string wanted;
  nanoseconds stood{};  // under the same claim
};

// After all faults are healed and the cluster had its time.
struct final_state {
  std::vector<int> clients_unanswered;  // living ones whose last turn has no answer
  // Nodes that hold a living activation whose lease is good, by conversation.
  std::map<conversation_id, std::vector<std::string>> owners;
  std::vector<standing_wish> wishes;
};

struct history {
  std::vector<effect> effects;  // by time
  std::vector<granted_claim> claims;
  std::vector<believed_silence> silences;  // the longest of each node and peer
  std::vector<process_end> ends;
  std::vector<asked_request> requests;
  std::vector<told_turn> turns;
  std::vector<restored_history> restored;
  std::vector<begun_answer> answers;  // each once
  std::vector<heard_answer> heard;
  std::vector<queue_reading> queues;
  final_state end;
};

}  // namespace dhr::simulation
