#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <functional>
#include <iostream>

#include "runtime/base/log.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/host.hpp"

namespace dhr::cli {
namespace {

constexpr logger out{"runtime/cli"};

void log_keys_without_effect(const config& settings) {
  std::string keys;
  for (const auto& key : keys_without_effect(settings)) keys += (keys.empty() ? "" : ", ") + key;
  if (!keys.empty()) out.warn("accepted, but without effect in this version", {{"keys", keys}});
}

// A process has one while its session has; when the window is closed, it is gone.
bool has_terminal() {
  const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal >= 0) close(terminal);
  return terminal >= 0;
}

// SIGHUP means two things: to a service that its files changed, and to a program in a window that
// the window was closed.
class hang_ups {
 public:
  hang_ups(boost::asio::io_context& io, std::function<void()> reload, std::function<void(int)> stop)
      : signals_{io, SIGHUP}, reload_{std::move(reload)}, stop_{std::move(stop)} {
    wait();
  }

 private:
  void wait() {
    signals_.async_wait([this](const boost::system::error_code& problem, int number) {
      if (problem) return;
      if (in_window_ && !has_terminal()) return stop_(number);
      reload_();
      wait();
    });
  }

  boost::asio::signal_set signals_;
  const std::function<void()> reload_;
  const std::function<void(int)> stop_;
  const bool in_window_ = has_terminal();
};

}  // namespace

int serve(const surroundings& around) {
  const auto settings = load_or_complain(around);
  if (!settings) return 2;
  start_logging(settings->log);
  log_keys_without_effect(*settings);

  // Signals are taken before the models load, so that a start can be broken off as well.
  boost::asio::io_context io;
  boost::asio::signal_set signals{io, SIGINT, SIGTERM};
  int signal = 0;
  const auto stop = [&](int number) {
    signal = number;
    io.stop();
  };
  signals.async_wait([&](const boost::system::error_code&, int number) { stop(number); });
  std::unique_ptr<host> node;
  const hang_ups reloads{io, [&] { node->reload(); }, stop};

  host_options options;
  options.web_root = around.web_root;
  const auto& time = *options.time;
  const auto begun = time.now();
  auto started = host::start(*settings, std::move(options));
  if (!started) {
    std::cerr << "dhr: " << started.assume_error().message << '\n';
    return 1;
  }
  node = std::move(started).assume_value();
  const auto took = to_ms(time.now() - begun);
  std::cout << "page      " << node->page_url() << '\n'
            << "realtime  " << node->realtime_url() << '\n'
            << "ready after " << static_cast<int>(took) << " ms; Ctrl-C ends it" << std::endl;
  io.run();
  out.info("stopping", {{"signal", signal}});
  node->stop();
  flush_logging();
  return 0;
}

}  // namespace dhr::cli
