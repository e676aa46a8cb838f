#include "runtime/cluster/membership_table.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

const mono_time start{1h};
constexpr std::uint64_t types = 77;

node_identity identity(std::uint64_t incarnation, std::string name = "peer") {
  return {{std::move(name)}, {incarnation}};
}

node_record record(std::uint64_t incarnation, milliseconds lease_left = 6s,
                   std::uint64_t types_hash = types) {
  node_record made;
  made.facts.identity = identity(incarnation);
  made.facts.address = "10.0.0.2:7400";
  made.facts.build = "1.1";
  made.facts.types_hash = types_hash;
  made.lease_left = lease_left;
  return made;
}

membership_table table(membership_config config = {}) {
  node_facts self;
  self.identity = identity(1, "self");
  self.build = "1.0";
  self.types_hash = types;
  return membership_table{self, config};
}

peer_changes read(membership_table& members, std::vector<node_record> records, mono_time now) {
  return members.registry_read(records, now);
}

std::string names(const peer_changes& changes) {
  std::string text;
  for (const auto& change : changes) {
    text += (text.empty() ? "" : " ") + std::string{to_string(change.event)} + ":" +
            std::to_string(change.peer.incarnation.value);
  }
  return text;
}

std::string state_of(const membership_table& members) {
  const auto place = members.peers().find({"peer"});
  if (place == members.peers().end()) return "unknown";
  return std::string{to_string(place->second.state)} + ":" +
         std::to_string(place->second.facts.identity.incarnation.value);
}

// Incarnation 20, which followed 10, in this state since `start`; it was last heard then.
membership_table in_state(const std::string& state) {
  auto members = table();
  if (state == "unknown") return members;
  (void)read(members, {record(10)}, start - 2s);
  (void)read(members, {record(20, 6s, state == "refused" ? types + 1 : types)}, start);
  if (state == "alive" || state == "suspected") (void)members.heartbeat(identity(20), {}, start);
  if (state == "suspected") (void)members.link_lost(identity(20), start);
  if (state == "gone") (void)members.goodbye(identity(20), start);
  REQUIRE(state_of(members) == state + ":20");
  return members;
}

peer_changes apply(membership_table& members, const std::string& event) {
  const auto soon = start + 1s;
  if (event == "row") return read(members, {record(20)}, soon);
  if (event == "row, lease ended") return read(members, {record(20, 0ms)}, soon);
  if (event == "row of the next") return read(members, {record(30)}, soon);
  if (event == "row of the next, ended") return read(members, {record(30, -1ms)}, soon);
  if (event == "row of the last") return read(members, {record(10)}, soon);
  if (event == "no row") return read(members, {}, soon);
  if (event == "heartbeat") return members.heartbeat(identity(20), {}, soon);
  if (event == "heartbeat of the last") return members.heartbeat(identity(10), {}, soon);
  if (event == "heartbeat of the next") return members.heartbeat(identity(30), {}, soon);
  if (event == "link lost") return members.link_lost(identity(20), soon);
  if (event == "link of the last lost") return members.link_lost(identity(10), soon);
  if (event == "goodbye") return members.goodbye(identity(20), soon);
  if (event == "goodbye of the last") return members.goodbye(identity(10), soon);
  if (event == "tick") return members.tick(soon);
  if (event == "tick after silence") return members.tick(start + 5s);
  FAIL("no such event: " << event);
  return {};
}

}  // namespace

TEST_CASE("every event in every state of a peer has its one outcome") {
  struct row {
    const char* event;
    // "state" or "state / changes", for a peer that is unknown, joining, alive, suspected, refused
    // and gone
    std::array<const char*, 6> outcomes;
  };
  const std::array<const char*, 6> states{"unknown",   "joining", "alive",
                                          "suspected", "refused", "gone"};
  const char* const ended = "gone:20 / gone:20";
  const char* const replaced = "joining:30 / gone:20 found:30";
  const std::vector<row> rows{
      {"row",
       {"joining:20 / found:20", "joining:20", "alive:20", "suspected:20", "refused:20",
        "gone:20"}},
      {"row, lease ended", {"unknown", ended, ended, ended, ended, "gone:20"}},
      {"row of the next",
       {"joining:30 / found:30", replaced, replaced, replaced, replaced, "joining:30 / found:30"}},
      {"row of the next, ended",
       {"unknown", "joining:20", "alive:20", "suspected:20", "refused:20", "gone:20"}},
      {"row of the last",
       {"joining:10 / found:10", "joining:20", "alive:20", "suspected:20", "refused:20",
        "gone:20"}},
      {"no row", {"unknown", ended, ended, ended, ended, "gone:20"}},
      {"heartbeat",
       {"unknown / unknown:20", "alive:20 / heard:20", "alive:20", "alive:20 / recovered:20",
        "refused:20", "gone:20"}},
      {"heartbeat of the last",
       {"unknown / unknown:10", "joining:20", "alive:20", "suspected:20", "refused:20", "gone:20"}},
      {"heartbeat of the next",
       {"unknown / unknown:30", "joining:20 / unknown:30", "alive:20 / unknown:30",
        "suspected:20 / unknown:30", "refused:20 / unknown:30", "gone:20 / unknown:30"}},
      {"link lost",
       {"unknown", "suspected:20 / suspected:20", "suspected:20 / suspected:20", "suspected:20",
        "refused:20", "gone:20"}},
      {"link of the last lost",
       {"unknown", "joining:20", "alive:20", "suspected:20", "refused:20", "gone:20"}},
      {"goodbye", {"unknown", ended, ended, ended, ended, "gone:20"}},
      {"goodbye of the last",
       {"unknown", "joining:20", "alive:20", "suspected:20", "refused:20", "gone:20"}},
      {"tick", {"unknown", "joining:20", "alive:20", "suspected:20", "refused:20", "gone:20"}},
      {"tick after silence",
       {"unknown", "suspected:20 / suspected:20", "suspected:20 / suspected:20", "suspected:20",
        "refused:20", "gone:20"}},
  };
  for (const auto& [event, outcomes] : rows) {
    for (std::size_t i = 0; i < states.size(); ++i) {
      INFO(event << " when " << states[i]);
      auto members = in_state(states[i]);
      const auto changes = names(apply(members, event));
      CHECK(state_of(members) + (changes.empty() ? "" : " / " + changes) == outcomes[i]);
    }
  }
}

TEST_CASE("a peer that falls silent is suspected within 6 s of its last heartbeat") {
  auto members = table();
  (void)read(members, {record(20)}, start);
  auto now = start;
  for (int i = 0; i < 60; ++i) {
    now += 1s;
    (void)members.heartbeat(identity(20), {}, now);
    REQUIRE(members.tick(now + 500ms).empty());
  }
  // It dies right after a heartbeat; the table is asked once a second.
  CHECK(members.due_at() == now + 5s);
  for (auto tick = now + 900ms;; tick += 1s) {
    const auto changes = members.tick(tick);
    if (changes.empty()) continue;
    CHECK(names(changes) == "suspected:20");
    CHECK(changes[0].reason.find("5.9 s") != std::string::npos);
    CHECK((tick - now <= 6s));
    break;
  }
  CHECK_FALSE(members.due_at());
}

TEST_CASE("a peer that never answers is suspected after the same time") {
  auto members = table();
  CHECK(names(read(members, {record(20)}, start)) == "found:20");
  CHECK(members.due_at() == start + 5s);
  CHECK(members.tick(start + 5s - 1ns).empty());
  CHECK(names(members.tick(start + 5s)) == "suspected:20");
}

TEST_CASE("while the registry cannot be read nobody is gone") {
  auto members = in_state("suspected");
  CHECK(members.tick(start + 1h).empty());
  CHECK(state_of(members) == "suspected:20");
  CHECK(names(read(members, {record(20, 0ms)}, start + 1h)) == "gone:20");
}

TEST_CASE("an incarnation that is gone stays gone, though its row and its voice come back") {
  auto members = in_state("alive");
  CHECK(names(read(members, {record(20, 0ms)}, start + 1s)) == "gone:20");
  CHECK(read(members, {record(20, 6s)}, start + 2s).empty());
  CHECK(members.heartbeat(identity(20), {}, start + 3s).empty());
  CHECK(names(read(members, {record(30)}, start + 4s)) == "found:30");
  CHECK(read(members, {record(20, 6s)}, start + 5s).empty());
  CHECK(members.heartbeat(identity(20), {}, start + 5s).empty());
  CHECK(state_of(members) == "joining:30");
}

TEST_CASE("a peer with other message types is refused with both builds named") {
  auto members = table();
  const auto changes = read(members, {record(20, 6s, types + 1)}, start);
  REQUIRE(names(changes) == "refused:20");
  CHECK(changes[0].reason.find("1.1") != std::string::npos);
  CHECK(changes[0].reason.find("1.0") != std::string::npos);
  CHECK_FALSE(members.due_at());
  CHECK(read(members, {record(20, 6s, types + 1)}, start + 1s).empty());
  CHECK(names(read(members, {record(30)}, start + 2s)) == "gone:20 found:30");
}

TEST_CASE("draining is told once, wherever it was heard first") {
  const node_report drains{{}, 3, 60, true, true};
  auto members = in_state("alive");
  CHECK(names(members.heartbeat(identity(20), drains, start + 1s)) == "draining:20");
  CHECK(members.heartbeat(identity(20), drains, start + 2s).empty());

  auto row = record(20);
  row.report = drains;
  auto others = table();
  CHECK(names(read(others, {row}, start)) == "found:20 draining:20");
  CHECK(names(others.heartbeat(identity(20), drains, start + 1s)) == "heard:20");

  auto silent = in_state("suspected");
  CHECK(names(read(silent, {row}, start + 1s)) == "draining:20");
}

TEST_CASE("a heartbeat's report is not undone by an older one from the registry") {
  auto members = in_state("alive");
  (void)members.heartbeat(identity(20), {{0.5, 0.5, 0.5}, 30, 60, false, true}, start + 1s);
  (void)read(members, {record(20)}, start + 1s);
  REQUIRE(members.find(identity(20)) != nullptr);
  CHECK(members.find(identity(20))->report.conversations == 30);
  CHECK((members.find(identity(20))->lease_ends == start + 7s));
  CHECK(members.find(identity(10)) == nullptr);
}

TEST_CASE("a node hears that its own name was taken, once, and never of itself otherwise") {
  auto members = table();
  auto own = record(1);
  own.facts.identity = identity(1, "self");
  CHECK(read(members, {own}, start).empty());
  CHECK(members.heartbeat(identity(1, "self"), {}, start).empty());
  CHECK(members.heartbeat(identity(2, "self"), {}, start).empty());
  own.facts.identity = identity(2, "self");
  own.lease_left = 0ms;
  CHECK(read(members, {own}, start).empty());
  own.lease_left = 6s;
  CHECK(names(read(members, {own}, start)) == "displaced:2");
  CHECK(read(members, {own}, start).empty());
  CHECK(members.peers().empty());
}

TEST_CASE("peers do not mix") {
  auto members = table();
  auto other = record(20);
  other.facts.identity = identity(20, "other");
  CHECK(read(members, {record(20), other}, start).size() == 2);
  (void)members.heartbeat(identity(20), {}, start + 4s);
  const auto changes = members.tick(start + 5s);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].peer == identity(20, "other"));
}

TEST_CASE("a peer that is gone is forgotten in time, and a crash loop does not fill the memory") {
  auto members = table();
  auto now = start;
  for (std::uint64_t i = 1; i <= 3'000; ++i) {
    now += 1s;
    (void)read(members, {record(i)}, now);
    (void)members.tick(now);
  }
  CHECK(members.peers().size() == 1);
  CHECK(members.remembered() == 600);
  for (std::uint64_t i = 3'001; i <= 5'000; ++i) (void)read(members, {record(i)}, now);
  CHECK(members.remembered() == 1'024);
  CHECK(read(members, {record(4'999)}, now).empty());
  CHECK(names(read(members, {}, now)) == "gone:5000");
  CHECK(members.due_at() == now + 10min);
  CHECK(members.tick(now + 10min - 1ns).empty());
  CHECK(members.peers().size() == 1);
  CHECK(members.tick(now + 10min).empty());
  CHECK(members.peers().empty());
}

TEST_CASE("the settings of the membership are complained about where they do not fit together") {
  CHECK(check(membership_config{}).empty());
  CHECK(check(membership_config{.heartbeat = 2s, .silence_max = 5s}).size() == 1);
  CHECK(check(membership_config{.heartbeat = 0ms}).size() == 1);
}
