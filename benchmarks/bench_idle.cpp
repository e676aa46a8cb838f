// What does a conversation cost while nobody speaks?
//
// N clients connect, choose the whole face, and stay silent. Reported is what the server's process
// takes above what it took with its models loaded and no client, and its processor time.

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <iostream>
#include <memory>
#include <vector>

#include "benchmarks/support/report.hpp"
#include "tests/support/realtime_client.hpp"
#include "tests/support/server_process.hpp"

int main(int argc, char** argv) try {
  using namespace dhr::bench;
  using namespace dhr::testing;
  using namespace std::chrono_literals;
  CLI::App app{"Conversations that are connected and silent"};
  int conversations = 500;
  int seconds = 20;
  std::string json;
  app.add_option("--conversations", conversations, "how many are connected")
      ->check(CLI::Range(1, 20'000));
  app.add_option("--seconds", seconds, "how long to measure")->check(CLI::Range(1, 3'600));
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  server_process server{{{"DHR_RUNTIME_SESSIONS_MAX", "20000"},
                         {"DHR_DOORS_REALTIME_CONNECTIONS_MAX", "20000"},
                         {"DHR_LOG_LEVEL", "warn"}}};
  const auto rss_before = server.rss_mb();
  boost::asio::io_context io{1};
  int ready = 0;
  int lost = 0;
  std::vector<std::unique_ptr<realtime_client>> clients;
  for (int i = 0; i < conversations; ++i) {
    clients.push_back(nullptr);
    auto& client = clients.back();
    client = std::make_unique<realtime_client>(
        io, server.realtime_port(),
        realtime_client::callbacks{[] {},
                                   [&, i](std::string_view event) {
                                     if (type_of(event) == "session.created") {
                                       clients[static_cast<std::size_t>(i)]->send(with_face());
                                     }
                                     if (type_of(event) == "session.updated") ++ready;
                                   },
                                   [&](const std::string& reason) {
                                     if (lost++ == 0)
                                       std::cerr << "a connection ended: " << reason << '\n';
                                   }});
    if (i % 50 == 49) io.run_for(50ms);
  }
  for (int i = 0; i < 100 && ready + lost < conversations; ++i) io.run_for(100ms);
  if (ready != conversations) {
    std::cerr << "only " << ready << " of " << conversations << " conversations came up\n";
    return 1;
  }
  io.run_for(2s);
  const auto cpu_before = server.cpu_seconds();
  io.run_for(std::chrono::seconds{seconds});
  const auto cpu = (server.cpu_seconds() - cpu_before) / seconds * 100;
  const auto rss = server.rss_mb();

  report figures{"idle"};
  figures.figure("conversations", conversations, "");
  figures.figure("rss_before_mb", rss_before, "MiB");
  figures.figure("rss_mb", rss - rss_before, "MiB", "at most 100 for 500");
  figures.figure("rss_kb_each", (rss - rss_before) * 1'024 / conversations, "KiB");
  figures.figure("cpu_percent", cpu, "% of one core", "at most 2 for 500");
  figures.figure("connections_lost", lost, "", "0");
  return figures.finish(json);
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 1;
}
