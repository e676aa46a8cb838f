#include "benchmarks/support/node_network.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace dhr::bench {
namespace {

namespace fs = std::filesystem;

constexpr auto folder = "/run/netns/";
const std::string prefix = "dhr-bench-";
constexpr auto bridge = "bridge";
constexpr auto interface = "to-bridge";  // of each member
constexpr auto nobody = "02:00:00:00:00:01";

// Returns what it said.
std::string run(const std::string& command) {
  auto* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error{"'" + command + "' cannot be run"};
  std::string said;
  std::array<char, 256> piece{};
  while (std::fgets(piece.data(), piece.size(), pipe) != nullptr) said += piece.data();
  if (pclose(pipe) != 0) throw std::runtime_error{"'" + command + "' failed: " + said};
  return said;
}

// Who runs in a namespace of this name was started by the process that made it.
void remove_with_processes(const std::string& name) {
  std::istringstream pids{run("ip netns pids " + name)};
  for (pid_t pid = 0; pids >> pid;) kill(pid, SIGKILL);
  run("ip netns delete " + name);
}

void remove_leftovers() {
  if (!fs::exists(folder)) return;
  std::vector<std::string> left;
  for (const auto& entry : fs::directory_iterator{folder}) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const auto maker = std::atoi(name.c_str() + prefix.size());
    if (maker > 0 && kill(maker, 0) != 0 && errno == ESRCH) left.push_back(name);
  }
  for (const auto& name : left) remove_with_processes(name);
}

void go_to(int name_space) {
  if (setns(name_space, CLONE_NEWNET) == 0) return;
  throw std::runtime_error{std::string{"no way into a network namespace: "} + std::strerror(errno)};
}

}  // namespace

node_network::visit::visit(const std::string& name_space)
    : home_{open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)} {
  const int there = open((folder + name_space).c_str(), O_RDONLY | O_CLOEXEC);
  if (home_ < 0 || there < 0) throw std::runtime_error{"there is no namespace " + name_space};
  go_to(there);
  close(there);
}

// A thread that cannot go home would talk to the wrong processes from then on: that ends the
// program.
node_network::visit::~visit() {
  go_to(home_);
  close(home_);
}

node_network::node_network(std::vector<std::string> members) : members_{std::move(members)} {
  remove_leftovers();
  try {
    make();
  } catch (...) {
    remove();
    throw;
  }
}

node_network::~node_network() { remove(); }

std::string node_network::name_space(const std::string& member) const {
  return prefix + std::to_string(getpid()) + "-" + member;
}

std::string node_network::address(const std::string& member) const {
  const auto at = std::find(members_.begin(), members_.end(), member);
  if (at == members_.end()) throw std::invalid_argument{"no member " + member};
  return "10.77.0." + std::to_string(at - members_.begin() + 1);
}

void node_network::make() {
  const auto middle = name_space(bridge);
  run("ip netns add " + middle);
  run("ip -n " + middle + " link add " + bridge + " up type bridge");
  for (const auto& member : members_) {
    const auto own = name_space(member);
    run("ip netns add " + own);
    run("ip -n " + own + " link set lo up");
    run("ip -n " + own + " link add " + interface + " type veth peer name to-" + member +
        " netns " + middle);
    run("ip -n " + middle + " link set to-" + member + " up master " + bridge);
    run("ip -n " + own + " address add " + address(member) + "/24 dev " + interface);
    run("ip -n " + own + " link set " + interface + " up");
  }
}

void node_network::remove() noexcept {
  auto names = members_;
  names.emplace_back(bridge);
  for (const auto& name : names) {
    try {
      if (fs::exists(folder + name_space(name))) remove_with_processes(name_space(name));
    } catch (const std::exception& problem) {
      std::cerr << problem.what() << '\n';
    }
  }
}

void node_network::cut_one_way(const std::string& from, const std::string& to) {
  cuts_.emplace_back(from, to);
  run("ip -n " + name_space(from) + " neighbour replace " + address(to) + " lladdr " + nobody +
      " nud permanent dev " + interface);
}

void node_network::cut(const std::string& one, const std::string& other) {
  cut_one_way(one, other);
  cut_one_way(other, one);
}

void node_network::isolate(const std::string& member) {
  for (const auto& other : members_) {
    if (other != member) cut(member, other);
  }
}

void node_network::mend() {
  for (const auto& [from, to] : cuts_) {
    run("ip -n " + name_space(from) + " neighbour delete " + address(to) + " dev " + interface);
  }
  cuts_.clear();
}

}  // namespace dhr::bench
