// What is PostgreSQL's alone: its connection, its tables' versions, and who wins when two nodes
// want the same at the same moment.

#include "runtime/store/postgres_store_adapter.hpp"

#include <signal.h>

#include <catch2/catch.hpp>
#include <thread>

#include "runtime/store/postgres_migrations.hpp"
#include "tests/runtime/store/snapshots.hpp"
#include "tests/support/postgres_database.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

constexpr milliseconds ttl{600'000};
const node_identity anna{{"anna"}, {11}};
const node_identity bert{{"bert"}, {22}};

postgres::connection impatient(const postgres_database& database) {
  postgres::connection_options options{database.url()};
  options.statement_patience = milliseconds{200};
  return postgres::connection::make(options).value();
}

std::unique_ptr<durable_store> open(const postgres_database& database,
                                    milliseconds patience = milliseconds{20'000}) {
  postgres::connection_options options{database.url()};
  options.statement_patience = patience;
  return open_postgres_store(options).value();
}

std::int64_t server_process(postgres::connection& on) {
  return on.run("SELECT pg_backend_pid()::bigint", {}).value().integer(0, 0);
}

// Until its sockets are closed.
void end_server_process(postgres::connection& by, std::int64_t process) {
  REQUIRE(by.run("SELECT pg_terminate_backend($1::int)", {postgres::integer(process)}));
  while (kill(static_cast<pid_t>(process), 0) == 0) {
  }
}

void enter(durable_store& store, const node_identity& node) {
  REQUIRE(store.leases().join({node, "host:1", "1", 1, {}, {}}, {}, ttl));
}

}  // namespace

TEST_CASE("a server that stops answering is unavailable after the patience, not for ever") {
  const postgres_database database;
  auto connection = impatient(database);
  const auto process = static_cast<pid_t>(server_process(connection));
  REQUIRE(kill(process, SIGSTOP) == 0);
  const auto answer = connection.run("SELECT 1::bigint", {});
  REQUIRE(kill(process, SIGCONT) == 0);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::unavailable);
  CHECK(server_process(connection) != process);
}

TEST_CASE("a statement that takes longer than the patience is ended by the server") {
  const postgres_database database;
  auto connection = impatient(database);
  const auto answer = connection.run("SELECT pg_sleep(60)", {});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == errc::unavailable);
}

TEST_CASE("a connection that the server closed is made anew at the next call") {
  const postgres_database database;
  auto connection = database.connect();
  const auto process = server_process(connection);
  auto other = database.connect();
  end_server_process(other, process);
  CHECK(server_process(connection) != process);
}

TEST_CASE("a transaction whose connection was lost goes on nowhere else") {
  const postgres_database database;
  auto connection = database.connect();
  REQUIRE(connection.execute("CREATE TABLE kept (n bigint)"));
  {
    auto changing = postgres::transaction::begin(connection);
    REQUIRE(changing);
    REQUIRE(connection.execute("INSERT INTO kept VALUES (1)"));
    auto other = database.connect();
    end_server_process(other, server_process(connection));
    CHECK_FALSE(connection.execute("INSERT INTO kept VALUES (2)"));
    CHECK_FALSE(connection.execute("INSERT INTO kept VALUES (3)"));
  }
  CHECK(connection.run("SELECT count(*) FROM kept", {}).value().integer(0, 0) == 0);
}

TEST_CASE("what is no address of a database is refused without being repeated") {
  for (const auto* url : {"mysql://secret@host", "postgresql://u:secret@[host/db",
                          "postgresql://u:p@secret@host/db", "postgresql://u:pa/secret@host/db"}) {
    const auto refused = open_postgres_store({url});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_argument);
    CHECK(refused.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("a server that is not there is unavailable, with its name and without the password") {
  const auto refused = open_postgres_store({"postgresql://u:secret@127.0.0.1:1/talks"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(refused.error().message.find("127.0.0.1:1/talks") != std::string::npos);
  CHECK(refused.error().message.find("secret") == std::string::npos);
}

TEST_CASE("tables are made once, and a second node finds them") {
  const postgres_database database;
  CHECK_FALSE(open_postgres_store({database.url()}, postgres_tables::existing));
  REQUIRE(open(database)->save(talk("conv_1")));
  auto second = open_postgres_store({database.url()}, postgres_tables::existing);
  REQUIRE(second);
  CHECK(second.value()->load({"conv_1"}).value() == talk("conv_1"));
}

TEST_CASE("nodes that start at once on an empty database make its tables once") {
  const postgres_database database;
  std::vector<std::thread> starting;
  std::vector<std::string> problems(6);
  for (auto& problem : problems) {
    starting.emplace_back([&] {
      const auto opened = open_postgres_store({database.url()});
      if (!opened) problem = opened.error().message;
    });
  }
  for (auto& thread : starting) thread.join();
  for (const auto& problem : problems) CHECK(problem.empty());
}

TEST_CASE("older tables are refused until they are migrated, and keep what is in them") {
  const postgres_database database;
  REQUIRE(open(database)->save(talk("conv_1")));
  auto connection = database.connect();
  std::vector<postgres_migration> steps{postgres_migrations().begin(), postgres_migrations().end()};
  steps.push_back({"a mood", "ALTER TABLE dhr.conversations ADD mood text", 1});
  const int known = static_cast<int>(steps.size());
  const auto behind = refusal(read_schema(connection).value(), known);
  REQUIRE(behind);
  CHECK(behind->message.find("dhr store migrate") != std::string::npos);
  const auto migrated = migrate(connection, steps);
  REQUIRE(migrated);
  CHECK(migrated.value().from == known - 1);
  CHECK(migrated.value().to == known);
  CHECK_FALSE(refusal(read_schema(connection).value(), known));
  CHECK(open(database)->load({"conv_1"}).value() == talk("conv_1"));
}

TEST_CASE("tables that need a newer program are refused and left as they are") {
  const postgres_database database;
  REQUIRE(open(database)->save(talk("conv_1")));
  auto connection = database.connect();
  const auto later = std::to_string(postgres_migrations().size() + 5);
  REQUIRE(connection.execute("UPDATE dhr.schema SET version = " + later +
                             ", readable_from = " + later));
  for (const auto tables :
       {postgres_tables::make, postgres_tables::existing, postgres_tables::migrate}) {
    const auto refused = open_postgres_store({database.url()}, tables);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::failed);
    CHECK(refused.error().message.find("newer program") != std::string::npos);
  }
  CHECK(connection.run("SELECT 1 FROM dhr.conversations", {}).value().size() == 1);
}

TEST_CASE("a step that breaks off leaves nothing of the migration behind") {
  const postgres_database database;
  auto connection = database.connect();
  std::vector<postgres_migration> steps{postgres_migrations().begin(), postgres_migrations().end()};
  steps.push_back({"nonsense", "CREATE TABLE dhr.half (n int); SELECT no_such_thing()", 1});
  CHECK_FALSE(migrate(connection, steps));
  CHECK(read_schema(connection).value().version == 0);
  CHECK(connection.run("SELECT to_regclass('dhr.half')::text", {}).value().is_null(0, 0));
}

TEST_CASE("of nodes that claim at the same moment exactly one is granted") {
  const postgres_database database;
  auto registry = open(database);
  constexpr std::size_t nodes = 6;
  for (std::uint64_t i = 1; i <= nodes; ++i) {
    enter(*registry, {{"node-" + std::to_string(i)}, {i}});
  }
  std::vector<int> granted(nodes, 0);
  std::vector<std::thread> claiming;
  for (std::size_t i = 0; i < nodes; ++i) {
    claiming.emplace_back([&, i] {
      auto own = open(database);
      const node_identity self{{"node-" + std::to_string(i + 1)}, {i + 1}};
      for (int talk = 0; talk < 50; ++talk) {
        const auto outcome = own->leases().claim({"conv_" + std::to_string(talk)}, self);
        if (outcome && outcome.value().granted) ++granted[i];
      }
    });
  }
  for (auto& thread : claiming) thread.join();
  int all = 0;
  for (const int count : granted) all += count;
  CHECK(all == 50);
  const auto claims = registry->leases().claims({}, 100).value();
  CHECK(claims.size() == 50);
  for (const auto& claim : claims) CHECK(claim.epoch == session_epoch{1});
}

TEST_CASE("a save waits for a take-over that is under way, and is then refused") {
  const postgres_database database;
  auto of_anna = open(database, milliseconds{200});
  enter(*of_anna, anna);
  const auto epoch = of_anna->leases().claim({"conv_1"}, anna).value().claim.epoch;
  REQUIRE(of_anna->save(talk("conv_1", epoch.value, 1)));
  auto taking_over = database.connect();
  {
    auto transaction = postgres::transaction::begin(taking_over);
    REQUIRE(transaction);
    REQUIRE(
        taking_over.execute("UPDATE dhr.claims SET epoch = epoch + 1, owner = 'bert', "
                            "incarnation = 22"));
    const auto in_the_way = of_anna->save(talk("conv_1", epoch.value, 2));
    REQUIRE_FALSE(in_the_way);
    CHECK(in_the_way.error().code == errc::unavailable);
    REQUIRE(transaction.value().commit());
  }
  const auto refused = of_anna->save(talk("conv_1", epoch.value, 2));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().where == "epoch");
  CHECK(of_anna->load({"conv_1"}).value() == talk("conv_1", epoch.value, 1));
}

TEST_CASE("a claim waits for a renewal that is under way, and is then not granted") {
  const postgres_database database;
  auto of_bert = open(database, milliseconds{200});
  enter(*of_bert, anna);
  enter(*of_bert, bert);
  REQUIRE(of_bert->leases().claim({"conv_1"}, anna).value().granted);
  auto of_anna = database.connect();
  REQUIRE(
      of_anna.execute("UPDATE dhr.nodes SET lease_ends_at = clock_timestamp() - "
                      "interval '1 second' WHERE name = 'anna'"));
  {
    auto renewal = postgres::transaction::begin(of_anna);
    REQUIRE(renewal);
    REQUIRE(
        of_anna.execute("UPDATE dhr.nodes SET lease_ends_at = clock_timestamp() + "
                        "interval '1 hour' WHERE name = 'anna'"));
    const auto waiting = of_bert->leases().claim({"conv_1"}, bert);
    REQUIRE_FALSE(waiting);
    CHECK(waiting.error().code == errc::unavailable);
    REQUIRE(renewal.value().commit());
  }
  CHECK_FALSE(of_bert->leases().claim({"conv_1"}, bert).value().granted);
}

TEST_CASE("a save writes only the items that differ in PostgreSQL as well") {
  const postgres_database database;
  auto store = open(database);
  auto snapshot = talk("conv_1", 1, 20);
  REQUIRE(store->save(snapshot));
  auto connection = database.connect();
  // xmin names the transaction that wrote a row.
  const auto writers = [&] {
    return connection.run("SELECT count(DISTINCT xmin::text) FROM dhr.items", {})
        .value()
        .integer(0, 0);
  };
  CHECK(writers() == 1);
  snapshot.items.push_back(message("item_new", "user", "one more"));
  REQUIRE(store->save(snapshot));
  CHECK(writers() == 2);
  CHECK(connection
            .run("SELECT count(*) FROM dhr.items WHERE xmin::text = "
                 "(SELECT xmin::text FROM dhr.items WHERE position = 40)",
                 {})
            .value()
            .integer(0, 0) == 1);
}

TEST_CASE("a save that was given up and comes late does not undo the one after it") {
  const postgres_database database;
  auto store = open(database);
  REQUIRE(store->save(talk("conv_1", 1, 1)));
  const auto newest = talk("conv_1", 1, 3);
  REQUIRE(store->save(newest));
  // As if that one had been called long after the next.
  REQUIRE(database.connect().execute("UPDATE dhr.conversations SET call = call + 100"));
  const auto late = store->save(talk("conv_1", 1, 2));
  REQUIRE_FALSE(late);
  CHECK(late.error().code == errc::unavailable);
  CHECK(store->load({"conv_1"}).value() == newest);
  // Another process, and another activation, are not held up by it.
  CHECK(open(database)->save(talk("conv_1", 1, 4)));
  REQUIRE(database.connect().execute("UPDATE dhr.conversations SET call = call + 100"));
  CHECK(open(database)->save(talk("conv_1", 2, 4)));
}
