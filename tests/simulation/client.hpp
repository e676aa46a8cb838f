#pragma once
// Somebody who talks to the service, and the end of the WebSocket at the node: the real client
// actor and its link, without a socket. It asks, waits, interrupts, falls silent, hangs up,
// vanishes (its node notices later), comes back through any node, and writes down what it was told.
//
// Lives on: the simulation's thread.

#include <boost/json/fwd.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/realtime/client_actor.hpp"
#include "net/realtime/codec.hpp"
#include "tests/simulation/node.hpp"

namespace dhr::simulation {

// What clients know of the nodes.
class meeting_place {
 public:
  virtual ~meeting_place() = default;
  // Null when no node takes connections.
  [[nodiscard]] virtual std::shared_ptr<simulated_node> any_node(chance& dice) = 0;
  // False while the process stands still.
  [[nodiscard]] virtual bool moves(const simulated_node& node) const = 0;
};

struct client_setup {
  int number = 0;
  std::uint64_t seed = 0;
  meeting_place* place = nullptr;
  recorder* seen = nullptr;
  metrics* counts = nullptr;
  sabotage how_broken = sabotage::none;
};

class simulated_client {
 public:
  explicit simulated_client(client_setup setup);
  ~simulated_client();
  simulated_client(const simulated_client&) = delete;
  simulated_client& operator=(const simulated_client&) = delete;

  // Takes what has arrived and does what it wants; true when it did something.
  bool act(true_time now);
  // When act() does something by itself.
  [[nodiscard]] std::optional<true_time> due() const;

  // From now on it only asks, one question after the other.
  void insist(true_time now);
  // Writes down what is still without an end, and closes the connection.
  void finish();
  [[nodiscard]] const conversation_id& conversation() const noexcept { return conversation_; }
  // When its last question that was asked and answered was asked.
  [[nodiscard]] std::optional<true_time> answered_of() const noexcept { return answered_of_; }

 private:
  struct question {
    asked_request seen;
    bool is_turn = false;
  };
  struct line;  // a connection

  bool read();
  bool write();
  void on_event(const std::string& text);
  void on_piece(const boost::json::object& event);
  void on_resumed(const boost::json::object& event);
  void on_response_done(const boost::json::object& response, session_epoch epoch);
  void on_error(const boost::json::object& problem);
  void connect();
  void lost(const std::string& why);
  void vanish();
  void bury();
  static void end(line& connection);
  void ask();
  void begin(std::string id, bool is_turn);
  void end_question(const std::string& id);
  void end_turn(const std::string& request, bool completed);
  void end_all();
  void pass_time(true_time now);
  void pass_on(const std::string& message);
  void next_question(milliseconds wait) { asks_at_ = now_ + wait; }

  const client_setup setup_;
  const conversation_id conversation_;
  chance dice_;
  true_time now_{0};
  std::unique_ptr<line> line_;  // null: away
  // Connections that it has left without a word, and when their nodes notice.
  std::vector<std::pair<true_time, std::unique_ptr<line>>> left_;
  true_time comes_back_at_{0};
  std::string last_event_id_;
  std::optional<true_time> asks_at_;
  std::optional<true_time> cancels_at_;
  std::optional<true_time> hangs_up_at_;
  std::vector<question> open_;  // without an end
  std::uint64_t questions_ = 0;
  nanoseconds stalled_{0};  // the node has stood still for so long
  // Of answers whose beginning it knows, by response.
  struct heard_so_far {
    std::string words;
    std::size_t sound = 0;  // bytes
  };
  std::map<std::string, heard_so_far> heard_;
  bool insists_ = false;
  std::optional<true_time> answered_of_;
};

}  // namespace dhr::simulation
