#pragma once
// Doors without a house: a directory and sessions that answer by a script, on a real actor system.

#include <caf/all.hpp>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/session/actors.hpp"

namespace dhr::testing {

inline constexpr auto patience = std::chrono::seconds{10};

// What the fakes were told, and what they are to do. Thread-safe; a test waits on it.
struct session_script {
  // ---- set before the first connection
  std::optional<error> refuse_open;   // the directory's answer
  bool answer_requests = true;        // else settings, items and responses wait for the test
  bool answer_turns = true;           // else a turn starts and goes no further
  bool take_sound = true;             // else each clear_audio takes in what came before one mark
  std::vector<session_payload> turn;  // between turn_started and turn_finished
  std::optional<error> refuse_response;
  std::optional<error> refuse_item;
  std::string words = "Hello?";  // heard in the sound of every item

  // ---- seen
  struct seen {
    std::vector<update_session> updates;
    std::vector<create_item> items;
    std::vector<std::string> deleted;
    std::map<std::string, conversation_item> kept;  // outlives the sessions
    std::vector<create_response> responses;
    std::vector<cancel_response> cancels;
    std::vector<std::string> opened;  // conversation ids as asked for
    std::vector<std::string> owners;  // who asked for them
    std::vector<std::string> redirect_labels;
    std::vector<bool> paced;
    std::size_t audio_bytes = 0;  // of append_audio
    int clients_lost = 0;
    client_actor client;
    session_actor session;
    std::uint64_t sequence = 0;
  };

  template <class Change>
  void change(Change change_it) {
    {
      const std::lock_guard lock{mutex_};
      change_it(seen_);
    }
    changed_.notify_all();
  }
  // False if it does not come true in time.
  template <class Condition>
  [[nodiscard]] bool wait(Condition condition) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return condition(seen_); });
  }
  [[nodiscard]] seen copy() {
    const std::lock_guard lock{mutex_};
    return seen_;
  }
  void forget_handles() {
    change([](seen& s) {
      s.client = nullptr;
      s.session = nullptr;
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  seen seen_;
};

// A node with nothing but a directory.
class fake_node {
 public:
  fake_node();
  ~fake_node();

  // Has the last session's client told something that the session did not plan.
  void say(session_payload payload, std::uint64_t turn = 0);

 private:
  struct config : caf::actor_system_config {
    config();
  };
  config config_;

 public:
  const std::shared_ptr<session_script> script = std::make_shared<session_script>();
  caf::actor_system system;
  conversation_door directory;
};

// A turn's pieces: 0.2 s of sound with six frames, a viseme and a word.
std::vector<session_payload> short_turn();

}  // namespace dhr::testing
