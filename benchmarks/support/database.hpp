#pragma once
// A PostgreSQL server of the benchmark's own, empty, on a socket in a folder of /tmp; gone with
// this object. It writes to the disk as a server in production does, unlike that of the tests.

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

#include "benchmarks/support/node_network.hpp"

namespace dhr::bench {

class database {
 public:
  // Throws std::runtime_error where PostgreSQL is not installed or does not start.
  database() : url_{"postgresql:///postgres?user=dhr&host=" + folder_} { command("start"); }
  // In that member's namespace: on its address for the others, which is what url() says. The
  // network outlives it.
  database(const node_network& network, std::string member)
      : network_{&network},
        member_{std::move(member)},
        url_{"postgresql://dhr@" + network.address(member_) + "/postgres"} {
    command("start", " 5432 " + network.address(member_));
  }
  ~database() {
    try {
      command("stop");
    } catch (const std::exception& problem) {
      std::cerr << problem.what() << '\n';
    }
  }
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  [[nodiscard]] std::string url() const { return url_; }

  // As for a restart: connections are ended, what was written stays. Both block until it is done.
  void halt() const { command("halt"); }
  void resume() const { command("resume"); }

 private:
  void command(const std::string& what, const std::string& more = {}) const {
    const auto line =
        std::string{"DHR_TEST_POSTGRES_FSYNC=on " DHR_SOURCE_DIR "/tests/support/postgres "} +
        what + " " + folder_ + more;
    if (run(line) != 0) throw std::runtime_error{line + " failed"};
  }
  int run(const std::string& line) const {
    if (network_ == nullptr) return std::system(line.c_str());
    const auto there = network_->enter(member_);
    return std::system(line.c_str());
  }

  const node_network* network_ = nullptr;
  std::string member_;
  std::string folder_ = "/tmp/dhr-bench-" + std::to_string(getpid());
  std::string url_;
};

}  // namespace dhr::bench
