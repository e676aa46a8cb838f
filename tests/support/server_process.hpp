#pragma once
// The real program in a process of its own, on free ports, so that its memory and processor time
// are its own and every byte goes through a socket.

#include <sys/types.h>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace dhr::testing {

class server_process {
 public:
  // Starts `dhr serve` with these environment variables (DHR_...) besides the caller's and waits
  // until it is ready. Throws std::runtime_error with the server's own words if it does not come
  // up.
  explicit server_process(const std::map<std::string, std::string>& environment);
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;
  // Sends SIGTERM if it still runs, and waits for the end.
  ~server_process();

  void signal(int number) const noexcept;
  // Waits for the end and returns the exit status, or 128 + the signal that ended it.
  int wait() noexcept;
  // What it has written to its standard output and error so far.
  [[nodiscard]] std::string output() const;

  // What it keeps, unless the environment names another folder; gone with this object.
  [[nodiscard]] std::filesystem::path state_dir() const;

  [[nodiscard]] std::uint16_t http_port() const noexcept { return http_port_; }
  [[nodiscard]] std::uint16_t realtime_port() const noexcept { return realtime_port_; }
  // Resident memory in MiB.
  [[nodiscard]] double rss_mb() const;
  // User and system time so far, in seconds.
  [[nodiscard]] double cpu_seconds() const;

 private:
  // Learns the ports from what it has said.
  bool is_ready();
  void forget_files() const;

  pid_t pid_ = -1;
  std::uint16_t http_port_ = 0;
  std::uint16_t realtime_port_ = 0;
  std::string log_file_;
};

// Settings for a server that soon stands: nothing that thinks, speaks, hears or stores. `more`
// wins.
[[nodiscard]] std::map<std::string, std::string> light_settings(
    std::map<std::string, std::string> more = {});

// Runs the program with these arguments and environment variables until it ends; its exit status
// and what it wrote to standard output and error together. What it keeps goes into a folder that is
// removed, unless the environment names another one.
struct program_outcome {
  int status = 0;
  std::string output;
};
[[nodiscard]] program_outcome run_program(
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment = {});

// A port of the loopback that nobody holds at the moment, another one with each call.
[[nodiscard]] std::uint16_t free_port();

}  // namespace dhr::testing
