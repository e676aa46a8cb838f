#pragma once
// A database of a test's own on the tests' PostgreSQL server: that of ctest's fixture "postgres",
// or one that this process starts and stops.

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "runtime/base/ids.hpp"
#include "runtime/store/postgres_adapter.hpp"

namespace dhr::testing {

class postgres_server {
 public:
  // The folder with the server's socket.
  static const std::string& folder() {
    static const postgres_server shared;
    return shared.folder_;
  }

  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

 private:
  postgres_server() {
    if (std::filesystem::exists(folder_ + "/.s.PGSQL.5432")) return;
    folder_ = "/tmp/dhr-postgres-" + std::to_string(getpid());
    owned_ = true;
    INFO("PostgreSQL's server has to be installed: apt-get install postgresql");
    REQUIRE(command("start") == 0);
  }
  ~postgres_server() {
    if (owned_) static_cast<void>(command("stop"));
  }
  int command(const std::string& what) const {
    return std::system((DHR_SOURCE_DIR "/tests/support/postgres " + what + " " + folder_).c_str());
  }

  std::string folder_ = DHR_TEST_POSTGRES_DIR;
  bool owned_ = false;
};

inline std::string postgres_url(const std::string& database) {
  return "postgresql:///" + database + "?user=dhr&host=" + postgres_server::folder();
}

// Empty at first; dropped at the end, whoever is still connected.
class postgres_database {
 public:
  postgres_database() {
    REQUIRE(server_.execute("CREATE DATABASE " + name_ + " TEMPLATE template0"));
  }
  ~postgres_database() {
    static_cast<void>(server_.execute("DROP DATABASE " + name_ + " WITH (FORCE)"));
  }
  postgres_database(const postgres_database&) = delete;
  postgres_database& operator=(const postgres_database&) = delete;

  std::string url() const { return postgres_url(name_); }
  // A connection of the test's own.
  postgres::connection connect() const { return postgres::connection::make({url()}).value(); }

 private:
  std::string name_ = make_random_id("test_");
  postgres::connection server_ = postgres::connection::make({postgres_url("postgres")}).value();
};

}  // namespace dhr::testing
