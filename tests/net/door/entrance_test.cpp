// The entrance over loopback, with connections that send back what they get, in capitals.

#include "net/door/entrance.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "net/door/self_signed.hpp"
#include "net/door/stream.hpp"
#include "net/door/tls_context.hpp"
#include "runtime/base/ids.hpp"
#include "tests/net/door/tls_fixture.hpp"

using namespace dhr;
using namespace dhr::door;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using testing::run_operation;
using testing::tls_client;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

class echo final : public live_connection, public std::enable_shared_from_this<echo> {
 public:
  echo(tcp::socket socket, std::shared_ptr<connection_table> table,
       std::shared_ptr<const tls_setup> tls)
      : place_{std::move(table), this}, stream_{std::move(socket)}, tls_{std::move(tls)} {}

  asio::awaitable<void> run(bool refused) override {
    beast::flat_buffer buffer;
    const auto context = tls_ ? tls_->context() : nullptr;
    auto trouble = co_await stream_.open(context.get(), buffer);
    while (!trouble) {
      if (buffer.size() == 0) {
        const auto space = buffer.prepare(1'024);
        std::size_t size = 0;
        std::tie(trouble, size) = co_await stream_.async_read_some(space, as_result);
        buffer.commit(size);
      }
      if (trouble) break;
      std::string text = refused ? "full" : beast::buffers_to_string(buffer.data());
      for (auto& c : text) c = static_cast<char>(std::toupper(c));
      buffer.clear();
      const auto bytes = asio::buffer(text);
      std::tie(trouble, std::ignore) = co_await asio::async_write(stream_, bytes, as_result);
      if (refused) break;
    }
    co_await stream_.finish(1s);
    stream_.close();
  }
  void shut_down() override { abort(); }
  void abort() override {
    asio::post(stream_.get_executor(), [self = shared_from_this()] { self->stream_.close(); });
  }

 private:
  table_place place_;
  stream stream_;
  std::shared_ptr<const tls_setup> tls_;
};

struct bench {
  testing::network_thread network;
  std::shared_ptr<const tls_setup> tls;
  std::optional<entrance> door;

  explicit bench(std::shared_ptr<const tls_setup> setup, std::size_t connections_max = 10)
      : tls{std::move(setup)} {
    const auto table = std::make_shared<connection_table>();
    auto opened = entrance::open(
        {network.io, "127.0.0.1", 0, connections_max, table, [table, this](tcp::socket socket) {
           return std::make_shared<echo>(std::move(socket), table, tls);
         }});
    if (!opened) FAIL(opened.assume_error().message);
    door.emplace(std::move(opened).assume_value());
  }
  ~bench() { CHECK(door->stop(1s).wait_for(10s) == std::future_status::ready); }
};

struct own_certificate {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / make_random_id("dhr_tls_");
  std::string pem;
  std::shared_ptr<const tls_setup> setup;

  explicit own_certificate(settings::tls settings = {}) {
    auto made = make_tls(settings, folder, system_clock().wall_now());
    if (!made) FAIL(made.assume_error().message);
    setup = std::move(made).assume_value();
    std::ostringstream text;
    text << std::ifstream{setup->self_signed()}.rdbuf();
    pem = text.str();
  }
  ~own_certificate() { std::filesystem::remove_all(folder); }
};

// What comes back for `text`; nothing if the connection ends first.
template <class Stream>
std::optional<std::string> asked(asio::io_context& io, Stream& stream, const std::string& text,
                                 std::size_t size) {
  run_operation(
      io, [&](auto handler) { asio::async_write(stream, asio::buffer(text), std::move(handler)); });
  std::string answer(size, ' ');
  const auto done = run_operation(io, [&](auto handler) {
    asio::async_read(stream, asio::buffer(answer), std::move(handler));
  });
  REQUIRE(done);
  if (done->trouble) return std::nullopt;
  return answer;
}

}  // namespace

TEST_CASE("one port answers TLS and plain text alike, also several at once") {
  own_certificate own;
  bench b{own.setup};
  asio::io_context io;
  tcp::socket plain{io};
  plain.connect({asio::ip::make_address("127.0.0.1"), b.door->port()});
  tls_client secure{b.door->port(), own.pem};
  REQUIRE_FALSE(secure.shake_hands());
  tls_client by_address{b.door->port(), own.pem, "127.0.0.1"};
  REQUIRE_FALSE(by_address.shake_hands());
  CHECK(asked(io, plain, "hello", 5) == "HELLO");
  CHECK(asked(secure.io(), secure.socket(), "secret", 6) == "SECRET");
  CHECK(asked(by_address.io(), by_address.socket(), "x", 1) == "X");
  CHECK(asked(io, plain, "again", 5) == "AGAIN");
  CHECK(b.door->connections() == 3);
}

TEST_CASE("long messages come through TLS whole") {
  own_certificate own;
  bench b{own.setup};
  tls_client secure{b.door->port(), own.pem};
  REQUIRE_FALSE(secure.shake_hands());
  const std::string text(500'000, 'a');
  std::string answer(text.size(), ' ');
  bool written = false;
  asio::async_write(secure.socket(), asio::buffer(text),
                    [&](boost::system::error_code trouble, std::size_t) { written = !trouble; });
  const auto done = run_operation(secure.io(), [&](auto handler) {
    asio::async_read(secure.socket(), asio::buffer(answer), std::move(handler));
  });
  REQUIRE(done);
  CHECK(written);
  CHECK(answer == std::string(text.size(), 'A'));
}

TEST_CASE("a client that trusts another certificate or asks for another name is warned") {
  own_certificate own;
  own_certificate other;
  bench b{own.setup};
  CHECK(tls_client{b.door->port(), other.pem}.shake_hands());
  CHECK(tls_client{b.door->port(), own.pem, "elsewhere.example"}.shake_hands());
}

TEST_CASE("further names of the configuration are in the certificate") {
  settings::tls settings;
  settings.names = "studio.example, 10.0.0.7";
  own_certificate own{settings};
  bench b{own.setup};
  CHECK_FALSE(tls_client{b.door->port(), own.pem, "studio.example"}.shake_hands());
  CHECK_FALSE(tls_client{b.door->port(), own.pem, "10.0.0.7"}.shake_hands());
}

TEST_CASE("TLS 1.1 is refused, 1.2 and 1.3 are not") {
  own_certificate own;
  bench b{own.setup};
  for (const auto& [version, taken] :
       {std::pair{TLS1_1_VERSION, false}, {TLS1_2_VERSION, true}, {TLS1_3_VERSION, true}}) {
    INFO(version);
    tls_client client{b.door->port(), own.pem};
    SSL_set_security_level(client.socket().native_handle(), 0);
    SSL_set_min_proto_version(client.socket().native_handle(), version);
    SSL_set_max_proto_version(client.socket().native_handle(), version);
    CHECK(!client.shake_hands() == taken);
  }
}

TEST_CASE("without TLS a handshake gets no TLS answer and plain text is served") {
  bench b{nullptr};
  tls_client secure{b.door->port(), ""};
  CHECK(secure.shake_hands());
  asio::io_context io;
  tcp::socket plain{io};
  plain.connect({asio::ip::make_address("127.0.0.1"), b.door->port()});
  CHECK(asked(io, plain, "hello", 5) == "HELLO");
}

TEST_CASE("a connection past the limit is told so and gone, the others live on") {
  bench b{nullptr, 1};
  asio::io_context io;
  const tcp::endpoint place{asio::ip::make_address("127.0.0.1"), b.door->port()};
  tcp::socket first{io}, second{io};
  first.connect(place);
  CHECK(asked(io, first, "one", 3) == "ONE");
  second.connect(place);
  CHECK(asked(io, second, "two", 4) == "FULL");
  CHECK_FALSE(asked(io, second, "two", 4));
  CHECK(asked(io, first, "one", 3) == "ONE");
}

TEST_CASE("a certificate of one's own is used, and refused when its key is another's") {
  const auto now = system_clock().wall_now();
  const auto folder = std::filesystem::temp_directory_path() / make_random_id("dhr_own_");
  std::filesystem::create_directories(folder);
  const auto own = make_self_signed({"own.example"}, now).assume_value();
  const auto other = make_self_signed({}, now).assume_value();
  std::ofstream{folder / "own.pem"} << own.certificate;
  std::ofstream{folder / "own.key"} << own.key;
  std::ofstream{folder / "other.key"} << other.key;
  settings::tls settings;
  settings.certificate = folder / "own.pem";
  settings.key = folder / "own.key";
  {
    auto setup = make_tls(settings, folder / "state", now);
    REQUIRE(setup);
    CHECK_FALSE(std::filesystem::exists(folder / "state"));
    bench b{std::move(setup).assume_value()};
    CHECK_FALSE(tls_client{b.door->port(), own.certificate, "own.example"}.shake_hands());
  }
  settings.key = folder / "other.key";
  CHECK(make_tls(settings, {}, now).assume_error().code == errc::invalid_argument);
  settings.certificate = folder / "other.key";
  CHECK(make_tls(settings, {}, now).assume_error().code == errc::invalid_argument);
  settings.certificate = folder / "missing.pem";
  CHECK(make_tls(settings, {}, now).assume_error().code == errc::unavailable);
  settings = {};
  settings.mode = settings::tls_mode::off;
  CHECK_FALSE(make_tls(settings, {}, now).assume_value()->context());
  std::filesystem::remove_all(folder);
}

TEST_CASE("a certificate that is read anew serves new connections, and old ones go on") {
  const auto now = system_clock().wall_now();
  const auto folder = std::filesystem::temp_directory_path() / make_random_id("dhr_reload_");
  std::filesystem::create_directories(folder);
  const auto put = [&](const certificate_files& files) {
    std::ofstream{folder / "own.pem"} << files.certificate;
    std::ofstream{folder / "own.key"} << files.key;
  };
  const auto first = make_self_signed({}, now).assume_value();
  const auto second = make_self_signed({}, now).assume_value();
  put(first);
  settings::tls settings;
  settings.certificate = folder / "own.pem";
  settings.key = folder / "own.key";
  const auto setup = make_tls(settings, {}, now).assume_value();
  const auto first_print = setup->fingerprint();
  CHECK(first_print.size() == 32 * 3 - 1);
  {
    bench b{setup};
    tls_client old{b.door->port(), first.certificate};
    REQUIRE_FALSE(old.shake_hands());
    put(second);
    REQUIRE(setup->reload(now));
    CHECK(setup->fingerprint() != first_print);
    CHECK_FALSE(tls_client{b.door->port(), second.certificate}.shake_hands());
    CHECK(tls_client{b.door->port(), first.certificate}.shake_hands());
    CHECK(asked(old.io(), old.socket(), "still", 5) == "STILL");
    // Half a file, as when it is being written.
    std::ofstream{folder / "own.pem"} << first.certificate.substr(0, 100);
    const auto broken = setup->reload(now);
    REQUIRE_FALSE(broken);
    CHECK(broken.assume_error().message.find("own.pem") != std::string::npos);
    CHECK_FALSE(tls_client{b.door->port(), second.certificate}.shake_hands());
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("a self-signed certificate that is kept nowhere outlives a reload") {
  const auto now = system_clock().wall_now();
  const auto setup = make_tls({}, {}, now).assume_value();
  const auto print = setup->fingerprint();
  CHECK(setup->reload(now));
  CHECK(setup->fingerprint() == print);
}
