#include "tests/support/server_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/http_get.hpp"

namespace dhr::testing {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

std::string content_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

// The child process: its output goes to `log`.
pid_t start(std::vector<std::string> arguments,
            const std::map<std::string, std::string>& environment, int log) {
  const auto pid = fork();
  if (pid != 0) return pid;
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  for (const auto& [key, value] : environment) setenv(key.c_str(), value.c_str(), 1);
  std::string program = DHR_PROGRAM;
  std::vector<char*> words{program.data()};
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  execv(DHR_PROGRAM, words.data());
  _exit(127);
}

std::pair<int, std::string> make_log_file() {
  std::string name = (std::filesystem::temp_directory_path() / "dhr_test_XXXXXX").string();
  const int file = mkstemp(name.data());
  if (file < 0) throw std::runtime_error{"cannot make a log file " + name};
  return {file, name};
}

// The port of the address in the program's line that starts with this word, once it is ready.
std::optional<std::uint16_t> port_told(const std::string& output, const std::string& word) {
  if (output.find("ready after") == std::string::npos) return std::nullopt;
  std::istringstream lines{output};
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(word + ' ', 0) != 0) continue;
    return static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
  }
  return std::nullopt;
}

int wait_for(pid_t pid) noexcept {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::uint16_t free_port() {
  // The system may give a port that nobody holds any more a second time.
  static std::set<std::uint16_t> given;
  asio::io_context io;
  for (;;) {
    tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    const auto port = acceptor.local_endpoint().port();
    if (given.insert(port).second) return port;
  }
}

program_outcome run_program(const std::vector<std::string>& arguments,
                            const std::map<std::string, std::string>& environment) {
  const auto [log, name] = make_log_file();
  auto variables = environment;
  const auto state_dir = name + ".state";
  variables.emplace("DHR_RUNTIME_STATE_DIR", state_dir);
  const auto pid = start(arguments, variables, log);
  close(log);
  program_outcome outcome;
  outcome.status = wait_for(pid);
  outcome.output = content_of(name);
  unlink(name.c_str());
  std::error_code ignored;
  std::filesystem::remove_all(state_dir, ignored);
  return outcome;
}

server_process::server_process(const std::map<std::string, std::string>& environment) {
  auto variables = environment;
  // It binds what is free and says what that was: a port looked up here could be taken meanwhile.
  variables.emplace("DHR_DOORS_HTTP_PORT", "0");
  variables.emplace("DHR_DOORS_REALTIME_PORT", "0");
  const auto [log, name] = make_log_file();
  log_file_ = name;
  variables.emplace("DHR_RUNTIME_STATE_DIR", state_dir().string());
  pid_ = start({"serve"}, variables, log);
  close(log);
  for (int attempt = 0; attempt < 600; ++attempt) {
    if (is_ready()) return;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  const auto words = output();
  if (pid_ > 0) signal(SIGKILL);
  wait();
  forget_files();
  throw std::runtime_error{"the server did not become ready; it said:\n" + words};
}

server_process::~server_process() {
  if (pid_ > 0) signal(SIGTERM);
  wait();
  forget_files();
}

bool server_process::is_ready() {
  const auto told = output();
  const auto http = port_told(told, "page");
  const auto realtime = port_told(told, "realtime");
  if (!http || !realtime) return false;
  http_port_ = *http;
  realtime_port_ = *realtime;
  return http_get(http_port_, "/health/ready").status == 200;
}

std::filesystem::path server_process::state_dir() const { return log_file_ + ".state"; }

void server_process::forget_files() const {
  std::error_code ignored;
  unlink(log_file_.c_str());
  std::filesystem::remove_all(state_dir(), ignored);
}

void server_process::signal(int number) const noexcept { kill(pid_, number); }

int server_process::wait() noexcept { return pid_ > 0 ? wait_for(std::exchange(pid_, -1)) : 0; }

std::string server_process::output() const { return content_of(log_file_); }

double server_process::rss_mb() const {
  std::ifstream statm{"/proc/" + std::to_string(pid_) + "/statm"};
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

double server_process::cpu_seconds() const {
  auto stat = content_of("/proc/" + std::to_string(pid_) + "/stat");
  std::istringstream fields{stat.substr(stat.rfind(')') + 2)};
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;  // state (field 3) to cmajflt (field 13)
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::map<std::string, std::string> light_settings(std::map<std::string, std::string> more) {
  more.merge(std::map<std::string, std::string>{{"DHR_CONVERSATION_ENGINE", "scripted"},
                                                {"DHR_VOICE_NAME", "tone"},
                                                {"DHR_EARS_TRANSCRIPTION", "none"},
                                                {"DHR_STORE_KIND", "none"},
                                                {"DHR_GPU_DEVICE", "cpu"}});
  return more;
}

}  // namespace dhr::testing
