// Over real sockets of this machine, with certificates of the test's own.

#include "runtime/node_tls.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/authority.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using tcp = asio::ip::tcp;
using boost::system::error_code;

settings::cluster_tls shows(const authority& signer, const std::vector<std::string>& names,
                            const authority& trusted) {
  const auto files = signer.issue(names);
  return {files.certificate, files.key, trusted.certificate()};
}

enum class manners { speaks, is_silent, knows_no_tls };

// Takes one connection, on a thread of its own, as CAF's TLS does: it demands a certificate and
// speaks first.
class answering {
 public:
  answering(const settings::cluster_tls& files, manners how,
            ssl::context::method version = ssl::context::tls_server)
      : context_{demanding(files, version)}, how_{how} {
    acceptor_.async_accept(socket_.next_layer(), [this](const error_code& failed) {
      if (!failed) answer();
    });
    thread_ = std::thread{[this] { io_.run(); }};
  }
  ~answering() {
    work_.reset();
    asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      socket_.next_layer().close(ignored);
    });
    thread_.join();
  }
  answering(const answering&) = delete;
  answering& operator=(const answering&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  static ssl::context demanding(const settings::cluster_tls& files, ssl::context::method version) {
    ssl::context made{version};
    made.use_certificate_chain_file(files.certificate);
    made.use_private_key_file(files.key, ssl::context::pem);
    made.load_verify_file(files.authority);
    made.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    return made;
  }

  void answer() {
    if (how_ == manners::knows_no_tls) {
      asio::async_write(socket_.next_layer(), asio::buffer("220 hello\r\n", 11),
                        [](const error_code&, std::size_t) {});
      return;
    }
    socket_.async_handshake(ssl::stream_base::server, [this](const error_code& failed) {
      if (failed || how_ == manners::is_silent) return;
      asio::async_write(socket_, asio::buffer("hello", 5), [](const error_code&, std::size_t) {});
    });
  }

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  ssl::context context_;
  tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  ssl::stream<tcp::socket> socket_{io_, context_};
  const manners how_;
  std::thread thread_;
};

struct world {
  authority ours{"the nodes' authority"};
  authority theirs{"another authority"};
  settings::cluster_tls here = shows(ours, {"DNS:bert"}, ours);

  result<void> meets(const settings::cluster_tls& there, manners how = manners::speaks) const {
    const answering node{there, how};
    return meet(here, "anna", "127.0.0.1", node.port(), 5s);
  }
};

std::string why(const result<void>& outcome) {
  return outcome ? std::string{"it was accepted"} : outcome.error().message;
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_METHOD(world, "a node whose certificate names it is met, by name or by host") {
  CHECK(why(meets(shows(ours, {"DNS:anna"}, ours))) == "it was accepted");
  CHECK(why(meets(shows(ours, {"IP:127.0.0.1"}, ours))) == "it was accepted");
}

TEST_CASE_METHOD(world,
                 "a node whose certificate names another is not, unless names do not count") {
  const auto carla = shows(ours, {"DNS:carla"}, ours);
  const auto outcome = meets(carla);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == errc::invalid_argument);
  CHECK(contains(outcome.error().message, "issued for carla"));
  here.verify_names = false;
  CHECK(why(meets(carla)) == "it was accepted");
}

TEST_CASE_METHOD(world, "a certificate of another authority is refused, whatever it names") {
  const auto outcome = meets(shows(theirs, {"DNS:anna"}, ours));
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == errc::invalid_argument);
  CHECK(contains(outcome.error().message, "not one of cluster.tls.authority"));
  here.verify_names = false;
  CHECK_FALSE(meets(shows(theirs, {"DNS:anna"}, ours)));
}

TEST_CASE_METHOD(world, "a node that does not accept our certificate is told of as that") {
  for (const auto version : {ssl::context::tlsv12_server, ssl::context::tlsv13_server}) {
    const answering node{shows(ours, {"DNS:anna"}, theirs), manners::speaks, version};
    const auto outcome = meet(here, "anna", "127.0.0.1", node.port(), 5s);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == errc::invalid_argument);
    CHECK(contains(outcome.error().message, "alert"));
  }
}

TEST_CASE_METHOD(world, "who speaks no TLS is no node, and who says nothing is given up in time") {
  const auto anna = shows(ours, {"DNS:anna"}, ours);
  const auto plain = meets(anna, manners::knows_no_tls);
  REQUIRE_FALSE(plain);
  CHECK(plain.error().code == errc::invalid_argument);
  CHECK(contains(plain.error().message, "no TLS handshake"));

  const answering silent{anna, manners::is_silent};
  const auto waited = meet(here, "anna", "127.0.0.1", silent.port(), 300ms);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == errc::unavailable);
  CHECK(waited.error().message == "nobody says a word within 300 ms");
}

TEST_CASE_METHOD(world, "where nobody listens is trouble that may pass") {
  std::uint16_t port = 0;
  {
    const answering gone{shows(ours, {"DNS:anna"}, ours), manners::speaks};
    port = gone.port();
  }
  const auto outcome = meet(here, "anna", "127.0.0.1", port, 5s);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().code == errc::unavailable);
}

TEST_CASE_METHOD(world, "a node's own certificate must name it, before others refuse it") {
  CHECK(check_own_certificate(here, "bert", "10.0.0.1"));
  const auto outcome = check_own_certificate(here, "anna", "10.0.0.1");
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().where == "cluster.tls.certificate");
  CHECK(contains(outcome.error().message, "issued for bert"));
  here.verify_names = false;
  CHECK(check_own_certificate(here, "anna", "10.0.0.1"));
}

TEST_CASE_METHOD(world, "files that cannot be read or do not go together are named") {
  const auto refused = [](const settings::cluster_tls& files) {
    const auto outcome = check_own_certificate(files, "bert", "host");
    return outcome ? std::string{} : outcome.error().where;
  };
  auto wrong = here;
  wrong.key = ours.issue({"DNS:bert"}).key;
  CHECK(refused(wrong) == "cluster.tls.key");
  wrong = here;
  wrong.certificate = "/nowhere/node.pem";
  CHECK(refused(wrong) == "cluster.tls.certificate");
  wrong = here;
  wrong.authority = here.key;
  CHECK(refused(wrong) == "cluster.tls.authority");
}
