#include "runtime/certificate_names.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/support/authority.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

std::string content_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

struct issued {
  authority signer{"an authority"};
  std::string pem;
  explicit issued(const std::vector<std::string>& names)
      : pem{content_of(signer.issue(names).certificate)} {}
  bool names(const std::string& node, const std::string& host) const {
    return is_issued_for(pem, node, host).has_value();
  }
};

}  // namespace

TEST_CASE("a certificate names a node by its name or by its host, and one of the two is enough") {
  const issued by_name{{"DNS:anna"}};
  CHECK(by_name.names("anna", "10.0.0.1"));
  CHECK(by_name.names("ANNA", "10.0.0.1"));
  CHECK_FALSE(by_name.names("ann", "10.0.0.1"));
  CHECK_FALSE(by_name.names("anna2", "10.0.0.1"));
  const issued by_host{{"DNS:anna.nodes.example", "DNS:spare.nodes.example"}};
  CHECK(by_host.names("node_1", "spare.nodes.example"));
  CHECK_FALSE(by_host.names("node_1", "nodes.example"));
  CHECK_FALSE(by_host.names("node_1", "carla.nodes.example"));
}

TEST_CASE("an asterisk stands for one whole label of a host, and for no node's name") {
  const issued wild{{"DNS:*.nodes.example"}};
  CHECK(wild.names("anna", "anna.nodes.example"));
  CHECK_FALSE(wild.names("anna", "a.anna.nodes.example"));
  CHECK_FALSE(wild.names("anna", "nodes.example"));
  CHECK_FALSE(wild.names("anna.nodes.example", "elsewhere.example"));
  CHECK_FALSE(issued{{"DNS:an*.nodes.example"}}.names("x", "anna.nodes.example"));
  CHECK_FALSE(issued{{"DNS:*"}}.names("anna", "anna"));
}

TEST_CASE("an address counts as an address and not as a name") {
  const issued with_addresses{{"IP:10.0.0.11", "IP:fd00::11"}};
  CHECK(with_addresses.names("anna", "10.0.0.11"));
  CHECK(with_addresses.names("anna", "fd00:0:0::11"));
  CHECK_FALSE(with_addresses.names("anna", "10.0.0.12"));
  CHECK_FALSE(issued{{"DNS:10.0.0.11"}}.names("anna", "10.0.0.11"));
}

TEST_CASE("a certificate without alternative names names nobody, whatever its common name is") {
  const issued bare{{}};
  CHECK_FALSE(bare.names("a test's node", "a test's node"));
  CHECK_FALSE(bare.names("", ""));
}

TEST_CASE("a refusal tells which names there are and which were looked for") {
  const issued other{{"DNS:carla", "IP:10.0.0.13", "IP:fd00::13"}};
  const auto verdict = is_issued_for(other.pem, "anna", "10.0.0.11");
  REQUIRE_FALSE(verdict);
  CHECK(verdict.error().code == errc::invalid_argument);
  CHECK(verdict.error().message ==
        "the certificate is issued for carla, 10.0.0.13, fd00::13, and neither for the node's name "
        "anna nor for its host 10.0.0.11");
  CHECK_FALSE(is_issued_for("no certificate", "anna", "10.0.0.11"));
}
