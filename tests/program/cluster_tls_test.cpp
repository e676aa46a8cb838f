// Real nodes in processes of their own that show each other certificates, and others that have
// none, or one of somebody else.

#include <boost/asio.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <memory>

#include "tests/support/authority.hpp"
#include "tests/support/cluster_client.hpp"
#include "tests/support/postgres_database.hpp"

using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

using variables = std::map<std::string, std::string>;

struct tls_cluster {
  postgres_database database;
  authority ours{"the nodes' authority"};
  std::map<std::string, std::unique_ptr<server_process>> nodes;
  std::map<std::string, std::uint16_t> link_ports;

  variables environment(const std::string& name) const {
    return {{"DHR_CONVERSATION_ENGINE", "scripted"},
            {"DHR_VOICE_NAME", "tone"},
            {"DHR_EARS_TRANSCRIPTION", "none"},
            {"DHR_STORE_KIND", "postgres"},
            {"DHR_STORE_POSTGRES_URL", database.url()},
            {"DHR_CLUSTER_ENABLED", "true"},
            {"DHR_CLUSTER_NODE", name},
            {"DHR_CLUSTER_LEASE_MS", "4000"}};
  }
  server_process& start(const std::string& name, const variables& more) {
    auto all = environment(name);
    link_ports[name] = free_port();
    all["DHR_CLUSTER_LINK_PORT"] = std::to_string(link_ports[name]);
    for (const auto& [key, value] : more) all[key] = value;
    nodes[name] = std::make_unique<server_process>(all);
    return *nodes[name];
  }
  static variables shows(const authority& signer, const std::vector<std::string>& names) {
    const auto files = signer.issue(names);
    return {{"DHR_CLUSTER_TLS_CERTIFICATE", files.certificate},
            {"DHR_CLUSTER_TLS_KEY", files.key},
            {"DHR_CLUSTER_TLS_AUTHORITY", signer.certificate()}};
  }
  server_process& start(const std::string& name) {
    return start(name, shows(ours, {"DNS:" + name}));
  }
  int links(const std::string& name) const {
    const auto told = http_get(nodes.at(name)->http_port(), "/metrics").body;
    return static_cast<int>(metric_in(told, "digital_human_cluster_links"));
  }
  bool says(const std::string& name, const std::string& words) const {
    return nodes.at(name)->output().find(words) != std::string::npos;
  }
  std::string owner_of(const std::string& id) const {
    const auto told =
        run_program({"cluster", "conversations", "--json"}, environment("nobody")).output;
    const auto lines = boost::json::parse(told);
    for (const auto& line : lines.as_array()) {
      if (line.at("id").as_string() == id) return std::string{line.at("node").as_string()};
    }
    return {};
  }
  // A client of `here` talks to a conversation that another node owns.
  void talk_across(const std::string& here) const {
    for (int i = 0; i < 40; ++i) {
      const auto id = "conv_" + std::to_string(i);
      cluster_client client{nodes.at(here)->realtime_port(), id};
      REQUIRE(client.wait_for("session.created"));
      if (owner_of(id) == here) continue;
      CHECK(client.talk("Hello"));
      CHECK(client.count["response.output_audio.delta"] > 0);
      return;
    }
    FAIL("every conversation was placed on the node that its client is connected to");
  }
};

// Sends these bytes to a node's link port and waits until the node closes, or a second is over.
void send_to(std::uint16_t port, const std::string& bytes) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket{io};
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::system::error_code trouble;
  boost::asio::write(socket, boost::asio::buffer(bytes), trouble);
  std::string answer(256, '\0');
  socket.async_read_some(boost::asio::buffer(answer), [](auto, auto) {});
  io.run_for(1s);
}

}  // namespace

TEST_CASE("nodes that show each other certificates are linked, and a client talks across them") {
  tls_cluster nodes;
  nodes.start("anna");
  nodes.start("bert");
  REQUIRE(comes_true([&] { return nodes.links("anna") == 1 && nodes.links("bert") == 1; }));
  nodes.talk_across("anna");
  // What is no TLS, breaks off, or opens and says nothing, does no harm.
  send_to(nodes.link_ports["anna"], std::string(4'096, 'x'));
  send_to(nodes.link_ports["anna"], std::string{"\x16\x03\x01\x02\x00\x01", 6});
  send_to(nodes.link_ports["anna"], {});
  CHECK(nodes.links("anna") == 1);
  nodes.talk_across("bert");
}
