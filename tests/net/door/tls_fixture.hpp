#pragma once
// A TLS client on loopback that trusts one certificate and checks the name.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include "tests/support/loopback.hpp"

namespace dhr::testing {

class tls_client {
 public:
  // `trusted`: PEM; empty: trusts everything.
  tls_client(std::uint16_t port, const std::string& trusted, const std::string& name = "localhost")
      : socket_{io_, context_for(trusted)} {
    if (!trusted.empty()) {
      socket_.set_verify_mode(boost::asio::ssl::verify_peer);
      socket_.set_verify_callback(boost::asio::ssl::host_name_verification{name});
    }
    socket_.next_layer().connect({boost::asio::ip::make_address("127.0.0.1"), port});
  }

  boost::system::error_code shake_hands() {
    const auto done = run_operation(io_, [&](auto handler) {
      socket_.async_handshake(boost::asio::ssl::stream_base::client, std::move(handler));
    });
    return done ? done->trouble : boost::asio::error::timed_out;
  }

  boost::asio::ssl::context& context() { return context_; }
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket>& socket() { return socket_; }
  boost::asio::io_context& io() { return io_; }

 private:
  boost::asio::ssl::context& context_for(const std::string& trusted) {
    if (!trusted.empty()) context_.add_certificate_authority(boost::asio::buffer(trusted));
    return context_;
  }

  boost::asio::io_context io_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> socket_;
};

}  // namespace dhr::testing
