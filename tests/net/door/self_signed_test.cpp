#include "net/door/self_signed.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "runtime/base/ids.hpp"

using namespace dhr;
using namespace dhr::door;
namespace fs = std::filesystem;
using std::chrono::hours;

namespace {

const wall_time today{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};

struct scratch {
  fs::path folder = fs::temp_directory_path() / make_random_id("dhr_tls_");
  ~scratch() { fs::remove_all(folder); }
};

std::string content_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

certificate_files kept(const fs::path& folder, const std::vector<std::string>& names,
                       wall_time now) {
  auto files = keep_self_signed(folder, names, now);
  if (!files) FAIL(files.assume_error().message);
  return std::move(files).assume_value();
}

}  // namespace

TEST_CASE(
    "a fresh certificate is usable for loopback and the names it was made for, until it ends") {
  const std::vector<std::string> names{"studio.example", "10.0.0.7", "fd00::7"};
  const auto made = make_self_signed(names, today);
  REQUIRE(made);
  const auto& files = made.assume_value();
  CHECK(files.certificate.starts_with("-----BEGIN CERTIFICATE-----"));
  CHECK(files.key.starts_with("-----BEGIN PRIVATE KEY-----"));
  CHECK(is_usable(files, names, today));
  CHECK(is_usable(files, {}, today));
  CHECK_FALSE(is_usable(files, {"other.example"}, today));
  CHECK_FALSE(is_usable(files, {"10.0.0.8"}, today));
  CHECK(is_usable(files, names, today + hours{24 * 790}));
  CHECK_FALSE(is_usable(files, names, today + hours{24 * 800}));
  CHECK_FALSE(is_usable(files, names, today - hours{25}));
}

TEST_CASE("a certificate with the key of another one, and what is none, are not usable") {
  const auto one = make_self_signed({}, today).assume_value();
  const auto other = make_self_signed({}, today).assume_value();
  CHECK_FALSE(is_usable({one.certificate, other.key}, {}, today));
  CHECK_FALSE(is_usable({"", ""}, {}, today));
  CHECK_FALSE(is_usable({one.key, one.certificate}, {}, today));
  CHECK_FALSE(is_usable({one.certificate.substr(0, 200), one.key}, {}, today));
}

TEST_CASE("the certificate of the folder is kept from start to start") {
  scratch place;
  const auto folder = place.folder / "state" / "tls";
  const auto first = kept(folder, {"a.example"}, today);
  CHECK(content_of(folder / "certificate.pem") == first.certificate);
  CHECK(content_of(folder / "key.pem") == first.key);
  CHECK(kept(folder, {"a.example"}, today + hours{24}).certificate == first.certificate);
}

TEST_CASE("the private key is for its owner alone") {
  scratch place;
  kept(place.folder, {}, today);
  CHECK(fs::status(place.folder / "key.pem").permissions() ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a certificate that ends soon, lacks a name or is broken is made anew") {
  scratch place;
  const auto first = kept(place.folder, {}, today);
  const auto second = kept(place.folder, {}, today + hours{24 * 800});
  CHECK(second.certificate != first.certificate);
  const auto third = kept(place.folder, {"new.example"}, today + hours{24 * 800});
  CHECK(third.certificate != second.certificate);
  std::ofstream{place.folder / "certificate.pem"} << "half of a";
  const auto fourth = kept(place.folder, {"new.example"}, today + hours{24 * 800});
  CHECK(is_usable(fourth, {"new.example"}, today + hours{24 * 800}));
  CHECK(content_of(place.folder / "certificate.pem") == fourth.certificate);
}

TEST_CASE("without a folder a certificate is made and nothing is written") {
  const auto files = kept({}, {}, today);
  CHECK(is_usable(files, {}, today));
}

TEST_CASE("a folder that cannot be written says what to set") {
  const auto refused = keep_self_signed("/proc/nowhere", {}, today);
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::unavailable);
  CHECK(refused.assume_error().message.find("runtime.state_dir") != std::string::npos);
}
