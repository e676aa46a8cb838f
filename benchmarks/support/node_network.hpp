#pragma once
// A network of its own on this machine whose links can be cut.
//
//   anna 10.77.0.1 ──┐
//   bert 10.77.0.2 ──┼── bridge
//   store 10.77.0.3 ─┘
//
// Each member is a network namespace with a loopback and one interface; the bridge has a namespace
// as well, so that no address, name or packet filter of the machine is touched. A cut is silent, as
// that of a cable far away: who sends is given a hardware address that nobody has, no connection is
// reset and no call fails at once.
//
// It needs root and Debian's package iproute2, and Linux with bridges and veth pairs.

#include <string>
#include <utility>
#include <vector>

namespace dhr::bench {

// Not thread-safe, but for enter() and address().
class node_network {
 public:
  // Everybody reaches everybody. Removes what is left of networks whose processes have crashed, and
  // ends what runs in them. Throws std::runtime_error with the command that failed and its words.
  explicit node_network(std::vector<std::string> members);
  ~node_network();
  node_network(const node_network&) = delete;
  node_network& operator=(const node_network&) = delete;

  // On the bridge.
  [[nodiscard]] std::string address(const std::string& member) const;

  // While it lives, the sockets that this thread makes, and the processes and threads that it
  // starts, are in the member's namespace: 127.0.0.1 is the member's own loopback, which no cut
  // touches.
  class visit {
   public:
    explicit visit(const std::string& name_space);
    ~visit();
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;

   private:
    int home_;
  };
  [[nodiscard]] visit enter(const std::string& member) const { return visit{name_space(member)}; }
  // As `ip netns` calls it.
  [[nodiscard]] std::string name_space(const std::string& member) const;

  // What `from` sends does not reach `to`.
  void cut_one_way(const std::string& from, const std::string& to);
  void cut(const std::string& one, const std::string& other);
  // From all other members.
  void isolate(const std::string& member);
  // Everybody reaches everybody again.
  void mend();

 private:
  void make();
  void remove() noexcept;

  const std::vector<std::string> members_;
  std::vector<std::pair<std::string, std::string>> cuts_;  // from, to
};

}  // namespace dhr::bench
