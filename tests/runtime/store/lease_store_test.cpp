// What every store promises about leases and claims, whatever it is made of.

#include "runtime/store/lease_store.hpp"

#include <catch2/catch.hpp>

#include "tests/runtime/store/stores.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

constexpr milliseconds ttl{600'000};
const node_identity anna{{"anna"}, {11}};
const node_identity anna_again{{"anna"}, {0xffff'ffff'ffff'ffff}};
const node_identity bert{{"bert"}, {22}};
const conversation_id talk_1{"conv_1"};

node_facts facts_of(const node_identity& node) {
  return {node,     node.name.value + ":9100",
          "1.2.3",  0x8000'0000'0000'0001,
          "zone-a", {{"gpu", "a100"}, {"disk", "a=b, c"}}};
}

void enter(durable_store& store, const node_identity& node) {
  REQUIRE(store.leases().join(facts_of(node), {}, ttl));
}

session_epoch claimed(durable_store& store, const conversation_id& id, const node_identity& node) {
  const auto outcome = store.leases().claim(id, node);
  REQUIRE(outcome);
  REQUIRE(outcome.value().granted);
  CHECK(outcome.value().claim ==
        conversation_claim{id, outcome.value().claim.epoch, node, node.name});
  return outcome.value().claim.epoch;
}

bool refuses_for_want_of_a_lease(const error& reason) {
  return reason.code == errc::not_found && reason.where == "lease";
}

}  // namespace

TEMPLATE_TEST_CASE("a node that joined is listed with what it told", "", EVERY_STORE) {
  TestType made;
  auto& leases = made().leases();
  const node_report report{{0.25, 0.5, 1.0 / 3}, 17, 4'000'000'000, true, false, 49};
  REQUIRE(leases.join(facts_of(bert), {}, ttl));
  REQUIRE(leases.join(facts_of(anna), report, ttl));
  const auto nodes = leases.nodes().value();
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[0].facts == facts_of(anna));
  CHECK(nodes[0].report == report);
  CHECK(nodes[0].lease_left <= ttl);
  CHECK(nodes[0].lease_left > ttl / 2);
  CHECK(nodes[1].facts == facts_of(bert));
}

TEMPLATE_TEST_CASE("a renewal carries the lease on and brings the report", "", EVERY_STORE) {
  TestType made;
  auto& leases = made().leases();
  enter(made(), anna);
  made.pass(ttl * 3 / 4);
  const node_report report{{0.1, 0.2, 0.3}, 5, 10, false, true, 2};
  REQUIRE(leases.renew(anna, report, ttl));
  made.pass(ttl * 3 / 4);
  const auto nodes = leases.nodes().value();
  REQUIRE(nodes.size() == 1);
  CHECK(nodes[0].report == report);
  CHECK(nodes[0].lease_left > milliseconds{0});
}

TEMPLATE_TEST_CASE("a lease that ended is not renewed, but may be entered anew", "", EVERY_STORE) {
  TestType made;
  auto& leases = made().leases();
  enter(made(), anna);
  made.pass(ttl + milliseconds{1});
  const auto renewed = leases.renew(anna, {}, ttl);
  REQUIRE_FALSE(renewed);
  CHECK(refuses_for_want_of_a_lease(renewed.error()));
  CHECK(leases.nodes().value().at(0).lease_left <= milliseconds{0});
  enter(made(), anna_again);
  CHECK(leases.nodes().value().at(0).facts.identity == anna_again);
  CHECK_FALSE(leases.renew(anna, {}, ttl));
  CHECK(leases.renew(anna_again, {}, ttl));
}

TEMPLATE_TEST_CASE("a name that lives is not taken, and its own process may join twice", "",
                   EVERY_STORE) {
  TestType made;
  auto& leases = made().leases();
  enter(made(), anna);
  const auto taken = leases.join(facts_of(anna_again), {}, ttl);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == errc::overloaded);
  REQUIRE(taken.error().retry_after);
  CHECK(*taken.error().retry_after > milliseconds{0});
  CHECK(*taken.error().retry_after <= ttl);
  CHECK(leases.nodes().value().at(0).facts.identity == anna);
  CHECK(leases.join(facts_of(anna), {}, ttl));
}

TEMPLATE_TEST_CASE("whoever is evicted has no lease, and its name is free", "", EVERY_STORE) {
  TestType made;
  auto& leases = made().leases();
  enter(made(), anna);
  CHECK(leases.evict(anna.name).value());
  CHECK_FALSE(leases.evict(anna.name).value());
  CHECK_FALSE(leases.evict(bert.name).value());
  CHECK_FALSE(leases.renew(anna, {}, ttl));
  enter(made(), anna_again);
}

TEMPLATE_TEST_CASE("facts that no node can have are refused", "", EVERY_STORE) {
  TestType made;
  auto& leases = made().leases();
  auto facts = facts_of(anna);
  SECTION("a name with other characters") { facts.identity.name = {"an na"}; }
  SECTION("an incarnation of zero") { facts.identity.incarnation = {}; }
  SECTION("a label with a line feed") { facts.labels["a"] = "b\nc"; }
  SECTION("a label's key with an equals sign") { facts.labels["a=b"] = "c"; }
  const auto refused = leases.join(facts, {}, ttl);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid_argument);
  CHECK(leases.nodes().value().empty());
}

TEMPLATE_TEST_CASE("nodes are forgotten when their lease ended long enough ago", "", EVERY_STORE) {
  TestType made;
  auto& leases = made().leases();
  enter(made(), anna);
  made.pass(ttl + milliseconds{60'000});
  enter(made(), bert);
  CHECK(leases.forget_nodes(milliseconds{120'000}).value() == 0);
  CHECK(leases.forget_nodes(milliseconds{30'000}).value() == 1);
  REQUIRE(leases.nodes().value().size() == 1);
  CHECK(leases.nodes().value()[0].facts.identity == bert);
}

TEMPLATE_TEST_CASE("what nobody owns is granted, under an epoch above that of the snapshot", "",
                   EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  CHECK_FALSE(store.leases().find_claim(talk_1).value());
  CHECK(claimed(store, talk_1, anna) == session_epoch{1});
  REQUIRE(store.save(talk("conv_2", 41)));
  CHECK(claimed(store, {"conv_2"}, anna) == session_epoch{42});
  const conversation_claim expected{{"conv_2"}, {42}, anna, anna.name};
  CHECK(store.leases().find_claim({"conv_2"}).value() == expected);
}

TEMPLATE_TEST_CASE("a take-over is under an epoch above that of the snapshot as well", "",
                   EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  enter(store, bert);
  claimed(store, talk_1, anna);
  REQUIRE(store.save(talk("conv_1", 9)));  // by a node outside of the cluster
  REQUIRE(store.leases().evict(anna.name).value());
  const auto epoch = claimed(store, talk_1, bert);
  CHECK(epoch == session_epoch{10});
  CHECK(store.save(talk("conv_1", epoch.value)));
}

TEMPLATE_TEST_CASE("what a living node owns is granted to nobody else", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  enter(store, bert);
  const auto epoch = claimed(store, talk_1, anna);
  const auto refused = store.leases().claim(talk_1, bert);
  REQUIRE(refused);
  CHECK(refused.value() == claim_outcome{false, {talk_1, epoch, anna, anna.name}});
  CHECK(claimed(store, talk_1, anna) == session_epoch{epoch.value + 1});
}

TEMPLATE_TEST_CASE("without a lease there is no claim", "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  SECTION("the node never joined") {}
  SECTION("its lease ended") {
    enter(store, anna);
    made.pass(ttl + milliseconds{1});
  }
  SECTION("another incarnation has its name") {
    enter(store, anna);
    REQUIRE(store.leases().evict(anna.name).value());
    enter(store, anna_again);
  }
  const auto refused = store.leases().claim(talk_1, anna);
  REQUIRE_FALSE(refused);
  CHECK(refuses_for_want_of_a_lease(refused.error()));
  CHECK_FALSE(store.leases().find_claim(talk_1).value());
}

TEMPLATE_TEST_CASE("an id that no conversation can have is not claimed", "", EVERY_STORE) {
  TestType made;
  enter(made(), anna);
  const auto refused = made().leases().claim({"../x"}, anna);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().where == "id");
}

TEMPLATE_TEST_CASE("when the owner's lease ends, another takes over and the owner writes nothing",
                   "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  const auto first = claimed(store, talk_1, anna);
  auto said = talk("conv_1", first.value, 1);
  REQUIRE(store.save(said));
  made.pass(ttl + milliseconds{1});
  const auto orphaned = store.leases().find_claim(talk_1).value();
  REQUIRE(orphaned);
  CHECK(*orphaned == conversation_claim{talk_1, first, std::nullopt, anna.name});
  enter(store, bert);
  const auto second = claimed(store, talk_1, bert);
  CHECK(second > first);
  said.items.push_back(message("item_late", "user", "too late"));
  const auto refused = store.save(said);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid_argument);
  CHECK(refused.error().where == "epoch");
  CHECK(store.load(talk_1).value()->items.size() == 2);
  said.epoch = second;
  CHECK(store.save(said));
}

TEMPLATE_TEST_CASE("a node that is started again owns nothing of its earlier run", "",
                   EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  enter(store, bert);
  const auto first = claimed(store, talk_1, anna);
  REQUIRE(store.leases().evict(anna.name).value());
  enter(store, anna_again);
  CHECK_FALSE(store.leases().find_claim(talk_1).value()->owner);
  CHECK_FALSE(store.leases().give_up(talk_1, first, anna_again).value());
  CHECK(claimed(store, talk_1, bert) > first);
}

TEMPLATE_TEST_CASE("what is given up may be claimed at once, and only by its epoch is it given up",
                   "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  enter(store, bert);
  const auto epoch = claimed(store, talk_1, anna);
  auto& leases = store.leases();
  CHECK_FALSE(leases.give_up(talk_1, {epoch.value + 1}, anna).value());
  CHECK_FALSE(leases.give_up(talk_1, epoch, bert).value());
  CHECK_FALSE(leases.give_up({"conv_2"}, epoch, anna).value());
  CHECK_FALSE(leases.claim(talk_1, bert).value().granted);
  CHECK(leases.give_up(talk_1, epoch, anna).value());
  CHECK_FALSE(leases.give_up(talk_1, epoch, anna).value());
  CHECK(leases.find_claim(talk_1).value() ==
        conversation_claim{talk_1, epoch, std::nullopt, anna.name});
  CHECK(claimed(store, talk_1, bert).value == epoch.value + 1);
}

TEMPLATE_TEST_CASE("a node that leaves gives up all that it owned, and nothing else", "",
                   EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  enter(store, bert);
  claimed(store, {"conv_1"}, anna);
  claimed(store, {"conv_2"}, anna);
  claimed(store, {"conv_3"}, bert);
  CHECK(store.leases().leave(anna).value() == 2);
  CHECK(store.leases().leave(anna).value() == 0);
  REQUIRE(store.leases().nodes().value().size() == 1);
  claimed(store, {"conv_1"}, bert);
  const auto owned = store.leases().claims({}, 10).value();
  REQUIRE(owned.size() == 2);
  CHECK(owned[0].id.value == "conv_1");
  CHECK(owned[1].id.value == "conv_3");
}

TEMPLATE_TEST_CASE("claims are listed by id, of one node or of all, as many as asked", "",
                   EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  enter(store, bert);
  for (const auto* id : {"conv_c", "conv_B", "conv_a"}) claimed(store, {id}, anna);
  const auto epoch = claimed(store, {"conv_d"}, bert);
  auto& leases = store.leases();
  CHECK(leases.claims({}, 10).value().size() == 4);
  const auto of_anna = leases.claims({"anna"}, 2).value();
  REQUIRE(of_anna.size() == 2);
  CHECK(of_anna[0].id.value == "conv_B");
  CHECK(of_anna[1].id.value == "conv_a");
  const std::vector<conversation_claim> of_bert{{{"conv_d"}, epoch, bert, {"bert"}}};
  CHECK(leases.claims({"bert"}, 10).value() == of_bert);
  CHECK(leases.claims({"carl"}, 10).value().empty());
}

TEMPLATE_TEST_CASE("an erased conversation keeps its epoch, so that a replaced owner cannot write",
                   "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  enter(store, bert);
  const auto first = claimed(store, talk_1, anna);
  REQUIRE(store.leases().give_up(talk_1, first, anna).value());
  const auto second = claimed(store, talk_1, bert);
  REQUIRE(store.save(talk("conv_1", second.value)));
  REQUIRE(store.erase(talk_1).value());
  CHECK_FALSE(store.save(talk("conv_1", first.value)));
  CHECK_FALSE(store.load(talk_1).value());
}

TEMPLATE_TEST_CASE("epochs are forgotten with the retention, but not while somebody owns or knows",
                   "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  enter(store, anna);
  const auto owned = claimed(store, {"conv_owned"}, anna);
  const auto stored = claimed(store, {"conv_stored"}, anna);
  const auto neither = claimed(store, {"conv_neither"}, anna);
  auto snapshot = talk("conv_stored", stored.value);
  snapshot.saved_at_ms = std::int64_t{1} << 50;
  REQUIRE(store.save(snapshot));
  REQUIRE(store.leases().give_up({"conv_stored"}, stored, anna).value());
  REQUIRE(store.leases().give_up({"conv_neither"}, neither, anna).value());
  const auto long_after = wall_time{std::chrono::hours{24 * 365 * 100}};
  REQUIRE(store.erase_older_than(long_after));
  CHECK(store.leases().find_claim({"conv_owned"}).value()->epoch == owned);
  CHECK(store.leases().find_claim({"conv_stored"}).value()->epoch == stored);
  CHECK_FALSE(store.leases().find_claim({"conv_neither"}).value());
}

TEMPLATE_TEST_CASE(
    "the wish for a drain is told until it is taken back, and ends with the incarnation", "",
    EVERY_STORE) {
  TestType made;
  auto& leases = made().leases();
  CHECK_FALSE(leases.want_drain(anna.name, true).value());
  enter(made(), anna);
  enter(made(), bert);
  const auto wanted = [&](std::size_t i) { return leases.nodes().value().at(i).drain_wanted; };
  CHECK_FALSE(wanted(0));
  CHECK(leases.want_drain(anna.name, true).value());
  CHECK(wanted(0));
  CHECK_FALSE(wanted(1));
  REQUIRE(leases.renew(anna, {}, ttl));
  enter(made(), anna);  // the same run once more
  CHECK(wanted(0));
  CHECK(leases.want_drain(anna.name, false).value());
  CHECK_FALSE(wanted(0));
  CHECK(leases.want_drain(anna.name, true).value());
  REQUIRE(leases.evict(anna.name).value());
  CHECK_FALSE(leases.want_drain(anna.name, false).value());
  enter(made(), anna_again);
  CHECK_FALSE(wanted(0));
}

TEMPLATE_TEST_CASE("a wish for another owner stands through a give-up and ends with the next claim",
                   "", EVERY_STORE) {
  TestType made;
  auto& store = made();
  auto& leases = store.leases();
  enter(store, anna);
  enter(store, bert);
  CHECK_FALSE(leases.want_owner(talk_1, bert.name).value());
  const auto epoch = claimed(store, talk_1, anna);
  CHECK(leases.want_owner(talk_1, bert.name).value());
  CHECK(leases.find_claim(talk_1).value() ==
        conversation_claim{talk_1, epoch, anna, anna.name, bert.name});
  // A wish opens nothing.
  CHECK(leases.claim(talk_1, bert).value() ==
        claim_outcome{false, {talk_1, epoch, anna, anna.name, bert.name}});
  CHECK(leases.give_up(talk_1, epoch, anna).value());
  CHECK(leases.find_claim(talk_1).value() ==
        conversation_claim{talk_1, epoch, std::nullopt, anna.name, bert.name});
  SECTION("the wanted node is granted it") { claimed(store, talk_1, bert); }
  SECTION("another one is granted it") { claimed(store, talk_1, anna); }
  CHECK(leases.find_claim(talk_1).value()->wanted_node.value.empty());
}

TEMPLATE_TEST_CASE(
    "a wish ends with a take-over, with the owner's next claim, and when it is taken back", "",
    EVERY_STORE) {
  TestType made;
  auto& store = made();
  auto& leases = store.leases();
  enter(store, anna);
  enter(store, bert);
  claimed(store, talk_1, anna);
  REQUIRE(leases.want_owner(talk_1, bert.name).value());
  SECTION("the lease of the owner ended, and another took over") {
    REQUIRE(leases.evict(anna.name).value());
    CHECK(leases.find_claim(talk_1).value()->wanted_node == bert.name);
    claimed(store, talk_1, bert);
  }
  SECTION("the owner claimed once more") { claimed(store, talk_1, anna); }
  SECTION("it was taken back") { CHECK(leases.want_owner(talk_1, {}).value()); }
  CHECK(leases.find_claim(talk_1).value()->wanted_node.value.empty());
}

TEMPLATE_TEST_CASE("a node's wishes are those for other nodes, by id, as many as asked", "",
                   EVERY_STORE) {
  TestType made;
  auto& store = made();
  auto& leases = store.leases();
  enter(store, anna);
  enter(store, bert);
  for (const auto* id : {"conv_c", "conv_B", "conv_a", "conv_stays", "conv_plain"}) {
    claimed(store, {id}, anna);
  }
  const auto epoch = claimed(store, {"conv_d"}, bert);
  for (const auto* id : {"conv_c", "conv_B", "conv_a", "conv_d"}) {
    REQUIRE(leases.want_owner({id}, {"carl"}).value());
  }
  REQUIRE(leases.want_owner({"conv_stays"}, anna.name).value());
  const auto of_anna = leases.wishes(anna, 10).value();
  REQUIRE(of_anna.size() == 3);
  CHECK(of_anna[0].id.value == "conv_B");
  CHECK(of_anna[1].id.value == "conv_a");
  CHECK(of_anna[2].id.value == "conv_c");
  CHECK(leases.wishes(anna, 2).value().size() == 2);
  CHECK(leases.wishes(anna_again, 10).value().empty());
  const std::vector<conversation_claim> of_bert{{{"conv_d"}, epoch, bert, {"bert"}, {"carl"}}};
  CHECK(leases.wishes(bert, 10).value() == of_bert);
  CHECK(leases.claims({"bert"}, 10).value() == of_bert);
  REQUIRE(leases.evict(bert.name).value());
  CHECK(leases.wishes(bert, 10).value().empty());
}
