#pragma once
// A PostgreSQL server of the benchmark's own, empty, on a socket in a folder of /tmp; gone with
// this object. It writes to the disk as a server in production does, unlike that of the tests.

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>

namespace dhr::bench {

class database {
 public:
  // Throws std::runtime_error where PostgreSQL is not installed or does not start.
  database() : folder_{"/tmp/dhr-bench-" + std::to_string(getpid())} { command("start"); }
  ~database() {
    try {
      command("stop");
    } catch (const std::exception& problem) {
      std::cerr << problem.what() << '\n';
    }
  }
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  [[nodiscard]] std::string url() const {
    return "postgresql:///postgres?user=dhr&host=" + folder_;
  }

 private:
  void command(const std::string& what) const {
    const auto line =
        std::string{"DHR_TEST_POSTGRES_FSYNC=on " DHR_SOURCE_DIR "/tests/support/postgres "} +
        what + " " + folder_;
    if (std::system(line.c_str()) != 0) throw std::runtime_error{line + " failed"};
  }

  std::string folder_;
};

}  // namespace dhr::bench
