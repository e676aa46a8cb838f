// How a question is asked: the child reads lines and writes one line for each, as long as they hold
// no punctuation. Should it write more, nobody would know which belong to what; so a last line is
// sent whose answer was learned at the start, and if more came before it than was asked, each line
// is asked alone. The child's standard output is a socket, for which it would keep its answers in a
// buffer: stdbuf makes it write line by line.
#include "actors/speech/espeak_adapter.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <utility>

extern char** environ;

namespace dhr {
namespace {

constexpr std::string_view end_line = "zyzzyva";
// espeak-ng computes the sound also when it is quiet. Fast speech is half the work and has the same
// phonemes (compared on 7,500 words).
constexpr const char* words_per_minute = "350";

// The child and our end of the socket that is its standard input and output.
// Owned by: espeak_source. Ends the child with it and leaves no zombie.
class child_process {
 public:
  static std::optional<child_process> start(const espeak_options& options) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return std::nullopt;
    const std::array<const char*, 10> words = {"stdbuf",
                                               "-oL",
                                               options.program.c_str(),
                                               "-v",
                                               options.voice.c_str(),
                                               "-s",
                                               words_per_minute,
                                               "-q",
                                               "--ipa",
                                               nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // The server blocks and ignores signals that the child must know.
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);  // Ctrl-C in a terminal is for the server alone
    pid_t pid = -1;
    const int problem = posix_spawnp(&pid, words[0], &actions, &attributes,
                                     const_cast<char* const*>(words.data()), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (problem != 0) {
      close(ends[0]);
      return std::nullopt;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return child_process{pid, ends[0]};
  }

  child_process(child_process&& other) noexcept
      : pid_{std::exchange(other.pid_, -1)}, socket_{std::exchange(other.socket_, -1)} {}
  child_process& operator=(child_process&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(socket_, other.socket_);
    return *this;
  }
  ~child_process() {
    if (socket_ >= 0) close(socket_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  [[nodiscard]] int socket() const noexcept { return socket_; }

 private:
  child_process(pid_t pid, int socket) : pid_{pid}, socket_{socket} {}
  pid_t pid_ = -1;
  int socket_ = -1;
};

class espeak_source final : public ipa_source {
 public:
  espeak_source(espeak_options options, const clock& time)
      : options_{std::move(options)}, time_{time} {}

  result<std::vector<std::string>> pronounce(const std::vector<std::string>& lines) override {
    if (lines.empty()) return std::vector<std::string>{};
    if (failed_at_ && time_.now() - *failed_at_ < options_.retry_after) return unavailable();
    for (int attempt = 0; attempt < 2; ++attempt) {
      const auto deadline = time_.now() + options_.answer_max;
      if (!child_ && !start(deadline)) continue;
      if (auto answers = answers_to(lines, deadline)) {
        failed_at_.reset();
        return std::move(*answers);
      }
      child_.reset();
    }
    failed_at_ = time_.now();
    return unavailable();
  }

 private:
  result<std::vector<std::string>> unavailable() const {
    return fail(errc::unavailable,
                "espeak-ng gives no phonemes: install the package espeak-ng and see that '" +
                    options_.program + " -v " + options_.voice + " --ipa hello' prints some",
                options_.program);
  }

  bool start(mono_time deadline) {
    child_ = child_process::start(options_);
    pending_.clear();
    if (child_) {
      if (auto answer = exchange_lines({std::string{end_line}}, {}, deadline)) {
        end_answer_ = std::move(answer->front());
        if (!end_answer_.empty()) return true;
      }
    }
    child_.reset();
    return false;
  }

  // The answers to the lines, or nothing if the child is gone or late.
  std::optional<std::vector<std::string>> answers_to(const std::vector<std::string>& lines,
                                                     mono_time deadline) {
    auto all = lines;
    all.emplace_back(end_line);
    auto got = exchange_lines(all, end_answer_, deadline);
    if (!got) return std::nullopt;
    got->pop_back();
    if (got->size() == lines.size()) return got;
    std::vector<std::string> answers;
    for (const auto& line : lines) {
      const auto parts = exchange_lines({line, std::string{end_line}}, end_answer_, deadline);
      if (!parts) return std::nullopt;
      std::string answer = parts->front();
      for (std::size_t i = 1; i + 1 < parts->size(); ++i) answer.append(" ").append((*parts)[i]);
      answers.push_back(std::move(answer));
    }
    return answers;
  }

  // Sends the lines and receives at least as many, until one of them is `last` (any, if that is
  // empty).
  std::optional<std::vector<std::string>> exchange_lines(const std::vector<std::string>& lines,
                                                         std::string_view last,
                                                         mono_time deadline) {
    std::string question;
    for (const auto& line : lines) question.append(line).append("\n");
    std::string_view unsent = question;
    std::vector<std::string> received;
    while (received.size() < lines.size() || (!last.empty() && received.back() != last)) {
      if (auto line = take_line()) {
        received.push_back(std::move(*line));
      } else if (!exchange(unsent, deadline)) {
        return std::nullopt;
      }
    }
    return received;
  }

  // Sends what can be sent and receives what is there; waits until one of them is possible.
  bool exchange(std::string_view& unsent, mono_time deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - time_.now()).count();
    if (left <= 0) return false;
    pollfd state{child_->socket(), static_cast<short>(POLLIN | (unsent.empty() ? 0 : POLLOUT)), 0};
    if (poll(&state, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) < 0)
      return errno == EINTR;
    if ((state.revents & POLLOUT) != 0) {
      const auto sent = send(child_->socket(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
      if (sent > 0) unsent.remove_prefix(static_cast<std::size_t>(sent));
    }
    if ((state.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
      std::array<char, 4096> buffer{};
      const auto got = recv(child_->socket(), buffer.data(), buffer.size(), 0);
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return false;
      if (got > 0) pending_.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return true;
  }

  std::optional<std::string> take_line() {
    const auto end = pending_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = pending_.substr(0, end);
    pending_.erase(0, end + 1);
    line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
    return line;
  }

  const espeak_options options_;
  const clock& time_;
  std::optional<child_process> child_;
  std::optional<mono_time> failed_at_;
  std::string end_answer_;
  std::string pending_;  // received, without its end of line yet
};

}  // namespace

std::unique_ptr<ipa_source> make_espeak_source(espeak_options options, const clock& time) {
  return std::make_unique<espeak_source>(std::move(options), time);
}

}  // namespace dhr
