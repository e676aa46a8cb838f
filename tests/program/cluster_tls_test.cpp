// Real nodes in processes of their own that show each other certificates, and others that have
// none, or one of somebody else.

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>

#include "tests/support/authority.hpp"
#include "tests/support/http_get.hpp"
#include "tests/support/postgres_database.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/talking_client.hpp"

using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
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
  variables with_names_off(variables these) const {
    these["DHR_CLUSTER_TLS_VERIFY_NAMES"] = "false";
    return these;
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
      talking_client client{nodes.at(here)->realtime_port(), id};
      REQUIRE(client.wait_for("session.created"));
      if (owner_of(id) == here) continue;
      CHECK(client.talk("Hello"));
      CHECK(client.count["response.output_audio.delta"] > 0);
      return;
    }
    FAIL("every conversation was placed on the node that its client is connected to");
  }
};

// Sends these bytes to a node's link port and waits until it answers or closes, or a second is
// over.
std::string answer_to(std::uint16_t port, const std::string& bytes) {
  asio::io_context io;
  asio::ip::tcp::socket socket{io};
  socket.connect({asio::ip::address_v4::loopback(), port});
  boost::system::error_code trouble;
  asio::write(socket, asio::buffer(bytes), trouble);
  std::string answer(256, '\0');
  std::size_t told = 0;
  socket.async_read_some(asio::buffer(answer), [&](auto, std::size_t size) { told = size; });
  io.run_for(1s);
  return answer.substr(0, told);
}

// What a node tells somebody who speaks TLS, shows these files or none, and waits.
std::string told_in_tls(std::uint16_t port, const std::optional<authority::files>& shown,
                        ssl::context::method version = ssl::context::tls_client) {
  asio::io_context io;
  ssl::context context{version};
  if (shown) {
    context.use_certificate_chain_file(shown->certificate);
    context.use_private_key_file(shown->key, ssl::context::pem);
  }
  ssl::stream<asio::ip::tcp::socket> socket{io, context};
  socket.next_layer().connect({asio::ip::address_v4::loopback(), port});
  std::string answer(256, '\0');
  std::size_t told = 0;
  socket.async_handshake(ssl::stream_base::client, [&](boost::system::error_code failed) {
    if (failed) return;
    socket.async_read_some(asio::buffer(answer), [&](auto, std::size_t size) { told = size; });
  });
  io.run_for(2s);
  return answer.substr(0, told);
}

}  // namespace

TEST_CASE("nodes that show each other certificates are linked, and a client talks across them") {
  tls_cluster nodes;
  nodes.start("anna");
  nodes.start("bert");
  REQUIRE(comes_true([&] { return nodes.links("anna") == 1 && nodes.links("bert") == 1; }));
  nodes.talk_across("anna");
  // What is no TLS, breaks off, or opens and says nothing, does no harm.
  for (const auto& bytes :
       {std::string(4'096, 'x'), std::string{"\x16\x03\x01\x02\x00\x01", 6}, std::string{}}) {
    static_cast<void>(answer_to(nodes.link_ports["anna"], bytes));
  }
  // Nor does who is refused in TLS, or breaks it off without a word.
  const authority theirs{"another authority"};
  for (int i = 0; i < 10; ++i) {
    CHECK(told_in_tls(nodes.link_ports["anna"], theirs.issue({"DNS:bert"})).empty());
    CHECK_FALSE(told_in_tls(nodes.link_ports["anna"], nodes.ours.issue({"DNS:bert"})).empty());
  }
  CHECK(nodes.links("anna") == 1);
  CHECK_FALSE(nodes.says("anna", "the link to it was lost"));
  CHECK_FALSE(nodes.says("bert", "the link to it was lost"));
  nodes.talk_across("bert");
}

TEST_CASE(
    "a node with a certificate of another name is refused, dialled or dialling, and the log says "
    "why") {
  tls_cluster nodes;
  nodes.start("anna");
  // It looks at no names itself: it would take anna, and starts with what anna does not take.
  nodes.start("bert", nodes.with_names_off(tls_cluster::shows(nodes.ours, {"DNS:carla"})));
  REQUIRE(comes_true([&] {
    return nodes.says("anna",
                      "at its address the certificate is issued for carla, and neither for "
                      "the node's name bert") &&
           nodes.says("anna",
                      "a caller says that it is node bert, and at that node's address the "
                      "certificate is issued for carla");
  }));
  CHECK(nodes.links("anna") == 0);
  CHECK(nodes.links("bert") == 0);
  // Whoever looks there finds it as well.
  CHECK(comes_true([&] { return nodes.says("bert", "issued for carla"); }));
}

TEST_CASE("at a seed a node must show a certificate for that host") {
  tls_cluster nodes;
  const auto start_with = [&](const std::vector<std::string>& names) {
    auto of_bert = tls_cluster::shows(nodes.ours, names);
    of_bert["DHR_CLUSTER_ADVERTISE"] = "127.0.0.1:1";
    nodes.start("bert", of_bert);
    auto of_anna = tls_cluster::shows(nodes.ours, {"DNS:anna"});
    of_anna["DHR_CLUSTER_SEEDS"] = "127.0.0.1:" + std::to_string(nodes.link_ports["bert"]);
    nodes.start("anna", of_anna);
  };
  SECTION("it does") {
    start_with({"DNS:bert", "IP:127.0.0.1"});
    REQUIRE(comes_true([&] { return nodes.links("anna") == 1 && nodes.links("bert") == 1; }));
    nodes.talk_across("anna");
  }
  SECTION("it does not") {
    start_with({"DNS:bert"});
    REQUIRE(comes_true(
        [&] { return nodes.says("anna", "issued for bert, and not for the host 127.0.0.1"); }));
    CHECK(nodes.links("anna") == 0);
  }
}

TEST_CASE("where names do not count, certificates of the authority are enough") {
  tls_cluster nodes;
  for (const auto* name : {"anna", "bert"}) {
    nodes.start(name, nodes.with_names_off(tls_cluster::shows(nodes.ours, {"DNS:carla"})));
  }
  REQUIRE(comes_true([&] { return nodes.links("anna") == 1 && nodes.links("bert") == 1; }));
  nodes.talk_across("anna");
}

TEST_CASE("a node that all others would refuse does not start, and says what to do") {
  const tls_cluster nodes;
  auto all = nodes.environment("anna");
  all.merge(tls_cluster::shows(nodes.ours, {"DNS:carla", "IP:10.0.0.1"}));
  all["DHR_CLUSTER_LINK_PORT"] = "0";
  all["DHR_DOORS_HTTP_PORT"] = "0";
  all["DHR_DOORS_REALTIME_PORT"] = "0";
  const auto outcome = run_program({"serve"}, all);
  INFO(outcome.output);
  CHECK(outcome.status != 0);
  CHECK(outcome.output.find("issued for carla, 10.0.0.1, and neither for the node's name anna nor "
                            "for its host 127.0.0.1") != std::string::npos);
  CHECK(outcome.output.find("cluster.tls.verify_names") != std::string::npos);
}

TEST_CASE("a node with a certificate of another authority gets nothing, and both say so") {
  tls_cluster nodes;
  const authority theirs{"another authority"};
  nodes.start("anna");
  nodes.start("bert", tls_cluster::shows(theirs, {"DNS:bert"}));
  const std::string words = "the certificate is not one of cluster.tls.authority";
  REQUIRE(comes_true([&] { return nodes.says("anna", words) && nodes.says("bert", words); }));
  CHECK(nodes.links("anna") == 0);
  CHECK(nodes.links("bert") == 0);
}

TEST_CASE("who shows no certificate of the authority is told nothing on a node's link port") {
  tls_cluster nodes;
  const authority theirs{"another authority"};
  nodes.start("anna");
  const auto port = nodes.link_ports["anna"];
  // A node's certificate opens the door, or the rest would show nothing.
  CHECK_FALSE(told_in_tls(port, nodes.ours.issue({"DNS:bert"})).empty());
  for (const auto version : {ssl::context::tlsv12_client, ssl::context::tlsv13_client}) {
    CHECK(told_in_tls(port, std::nullopt, version).empty());
    CHECK(told_in_tls(port, theirs.issue({"DNS:anna"}), version).empty());
  }
  CHECK(answer_to(port, {}).empty());
  // At most an alert of TLS, whose first byte is 21.
  const auto alert = answer_to(port, "GET / HTTP/1.1\r\n\r\n");
  CHECK((alert.empty() || (alert[0] == 21 && alert.size() == 7)));
}
