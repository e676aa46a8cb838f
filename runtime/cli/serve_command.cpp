#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
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
  signals.async_wait([&](const boost::system::error_code&, int number) { signal = number; });

  host_options options;
  options.web_root = around.web_root;
  const auto& time = *options.time;
  const auto begun = time.now();
  auto node = host::start(*settings, std::move(options));
  if (!node) {
    std::cerr << "dhr: " << node.assume_error().message << '\n';
    return 1;
  }
  const auto took = to_ms(time.now() - begun);
  std::cout << "page      " << node.assume_value()->page_url() << '\n'
            << "realtime  " << node.assume_value()->realtime_url() << '\n'
            << "ready after " << static_cast<int>(took) << " ms; Ctrl-C ends it" << std::endl;
  io.run();
  out.info("stopping", {{"signal", signal}});
  node.assume_value()->stop();
  flush_logging();
  return 0;
}

}  // namespace dhr::cli
