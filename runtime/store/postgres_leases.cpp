#include "runtime/store/postgres_leases.hpp"

#include <algorithm>
#include <bit>

#include "runtime/store/row_limit.hpp"

namespace dhr {
namespace {

using postgres::integer;
using postgres::number;
using postgres::text;

postgres::parameter incarnation_of(const node_identity& node) {
  return integer(std::bit_cast<std::int64_t>(node.incarnation.value));
}

node_incarnation read_incarnation(const postgres::rows& found, std::size_t row, int column) {
  return {std::bit_cast<std::uint64_t>(found.integer(row, column))};
}

constexpr const char* join_node = R"sql(
INSERT INTO dhr.nodes (name, incarnation, address, build, types_hash, zone, labels, gpu, memory,
                       queue, conversations, conversations_max, draining, healthy, lease_ends_at,
                       links)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
        clock_timestamp() + $15 * interval '1 millisecond', $16)
ON CONFLICT (name) DO UPDATE SET
  incarnation = excluded.incarnation, address = excluded.address, build = excluded.build,
  types_hash = excluded.types_hash, zone = excluded.zone, labels = excluded.labels,
  gpu = excluded.gpu, memory = excluded.memory, queue = excluded.queue,
  conversations = excluded.conversations, conversations_max = excluded.conversations_max,
  draining = excluded.draining, healthy = excluded.healthy, lease_ends_at = excluded.lease_ends_at,
  links = excluded.links,
  drain_wanted = nodes.drain_wanted AND nodes.incarnation = excluded.incarnation
WHERE nodes.incarnation = excluded.incarnation OR nodes.lease_ends_at <= clock_timestamp()
)sql";

constexpr const char* renew_node = R"sql(
UPDATE dhr.nodes SET gpu = $3, memory = $4, queue = $5, conversations = $6, conversations_max = $7,
  draining = $8, healthy = $9, lease_ends_at = clock_timestamp() + $10 * interval '1 millisecond',
  links = $11
WHERE name = $1 AND incarnation = $2 AND lease_ends_at > clock_timestamp()
)sql";

// Of leases, the milliseconds that are left, rounded up.
constexpr const char* list_nodes = R"sql(
SELECT name, incarnation, address, build, types_hash, zone, labels, gpu, memory, queue,
       conversations, conversations_max, draining, healthy,
       ceil(extract(epoch FROM lease_ends_at - clock_timestamp()) * 1000)::bigint, drain_wanted,
       links
FROM dhr.nodes ORDER BY name COLLATE "C"
)sql";

constexpr const char* who_has_the_name = R"sql(
SELECT incarnation, ceil(extract(epoch FROM lease_ends_at - clock_timestamp()) * 1000)::bigint
FROM dhr.nodes WHERE name = $1
)sql";

// Grants what nobody else owns, in one statement; the rest is left to claim_from_another. What the
// claimer owns already gets a new epoch, unless a later call of the same claimer was quicker: that
// one has been told its epoch.
constexpr const char* claim_free = R"sql(
WITH claimer AS (
  SELECT 1 FROM dhr.nodes
  WHERE name = $2 AND incarnation = $3 AND lease_ends_at > clock_timestamp()),
granted AS (
  INSERT INTO dhr.claims (conversation_id, epoch, owner, incarnation, last_owner, changed_at,
                          writer, call)
  SELECT $1, coalesce((SELECT epoch FROM dhr.conversations WHERE id = $1), 0) + 1, $2, $3, $2,
         clock_timestamp(), $4, $5
  FROM claimer
  ON CONFLICT (conversation_id) DO UPDATE SET
    epoch = greatest(claims.epoch + 1, excluded.epoch), owner = excluded.owner,
    incarnation = excluded.incarnation, last_owner = excluded.last_owner,
    changed_at = excluded.changed_at, writer = excluded.writer, call = excluded.call,
    wanted_node = ''
  WHERE (claims.owner = '' OR (claims.owner = $2 AND claims.incarnation = $3))
    AND (claims.writer <> $4 OR claims.call < $5)
  RETURNING epoch)
SELECT EXISTS (SELECT 1 FROM claimer), (SELECT epoch::text FROM granted)
)sql";

constexpr const char* give_up_all = R"sql(
UPDATE dhr.claims SET owner = '', incarnation = 0, changed_at = clock_timestamp()
WHERE owner = $1 AND incarnation = $2
)sql";

// Of a claim that is locked.
constexpr const char* take_over = R"sql(
UPDATE dhr.claims SET
  epoch = greatest(epoch, coalesce((SELECT epoch FROM dhr.conversations WHERE id = $1), 0)) + 1,
  owner = $2, incarnation = $3, last_owner = $2, changed_at = clock_timestamp(), writer = $4,
  call = $5, wanted_node = ''
WHERE conversation_id = $1
RETURNING epoch::text
)sql";

constexpr const char* find_one = R"sql(
SELECT epoch::text, owner, claims.incarnation, last_owner,
       coalesce(lease_ends_at > clock_timestamp(), false), wanted_node
FROM dhr.claims LEFT JOIN dhr.nodes ON name = owner AND nodes.incarnation = claims.incarnation
WHERE conversation_id = $1
)sql";

constexpr const char* list_wishes = R"sql(
SELECT conversation_id, epoch::text, owner, claims.incarnation, last_owner, wanted_node
FROM dhr.claims JOIN dhr.nodes ON name = owner AND nodes.incarnation = claims.incarnation
WHERE wanted_node <> '' AND wanted_node <> $1 AND owner = $1 AND claims.incarnation = $2
  AND lease_ends_at > clock_timestamp()
ORDER BY conversation_id COLLATE "C" LIMIT $3
)sql";

// Of list_wishes and list_claims.
std::vector<conversation_claim> read_claims(const postgres::rows& found) {
  std::vector<conversation_claim> claims;
  for (std::size_t row = 0; row < found.size(); ++row) {
    claims.push_back(
        {{std::string{found.text(row, 0)}},
         {found.number(row, 1)},
         node_identity{{std::string{found.text(row, 2)}}, read_incarnation(found, row, 3)},
         {std::string{found.text(row, 4)}},
         {std::string{found.text(row, 5)}}});
  }
  return claims;
}

}  // namespace

result<void> postgres_leases::join(const node_facts& facts, const node_report& report,
                                   milliseconds ttl) {
  if (auto reason = refusal(facts)) return std::move(*reason);
  const auto& identity = facts.identity;
  DHR_TRY(const auto done,
          connection_->run(
              join_node,
              {text(identity.name.value), incarnation_of(identity), text(facts.address),
               text(facts.build), integer(std::bit_cast<std::int64_t>(facts.types_hash)),
               text(facts.zone), text(labels_text(facts.labels)), postgres::real(report.load.gpu),
               postgres::real(report.load.memory), postgres::real(report.load.queue),
               integer(report.conversations), integer(report.conversations_max),
               postgres::boolean(report.draining), postgres::boolean(report.healthy),
               integer(ttl.count()), integer(report.links)}));
  if (done.changes() > 0) return ok();
  DHR_TRY(const auto by, connection_->run(who_has_the_name, {text(identity.name.value)}));
  // It can have left between the two statements.
  const auto left = by.size() > 0 ? std::max<std::int64_t>(by.integer(0, 1), 1) : 1;
  const auto incarnation = by.size() > 0 ? read_incarnation(by, 0, 0) : node_incarnation{};
  return name_is_taken({identity.name, incarnation}, milliseconds{left});
}

result<void> postgres_leases::renew(const node_identity& node, const node_report& report,
                                    milliseconds ttl) {
  DHR_TRY(
      const auto done,
      connection_->run(
          renew_node, {text(node.name.value), incarnation_of(node), postgres::real(report.load.gpu),
                       postgres::real(report.load.memory), postgres::real(report.load.queue),
                       integer(report.conversations), integer(report.conversations_max),
                       postgres::boolean(report.draining), postgres::boolean(report.healthy),
                       integer(ttl.count()), integer(report.links)}));
  if (done.changes() > 0) return ok();
  return has_no_lease(node);
}

// Claims are locked before nodes, as in a take-over: in the other order the two could wait for each
// other.
result<std::size_t> postgres_leases::leave(const node_identity& node) {
  DHR_TRY(auto leaving, postgres::transaction::begin(*connection_));
  DHR_TRY(const auto given_up,
          connection_->run(give_up_all, {text(node.name.value), incarnation_of(node)}));
  const auto count = given_up.changes();
  DHR_TRY(const auto gone,
          connection_->run("DELETE FROM dhr.nodes WHERE name = $1 AND incarnation = $2 "
                           "AND lease_ends_at > clock_timestamp()",
                           {text(node.name.value), incarnation_of(node)}));
  if (gone.changes() == 0) return std::size_t{0};
  DHR_TRY(leaving.commit());
  return count;
}

result<bool> postgres_leases::evict(const node_name& name) {
  DHR_TRY(const auto done,
          connection_->run("UPDATE dhr.nodes SET lease_ends_at = clock_timestamp() "
                           "WHERE name = $1 AND lease_ends_at > clock_timestamp()",
                           {text(name.value)}));
  return done.changes() > 0;
}

result<std::vector<node_record>> postgres_leases::nodes() {
  DHR_TRY(const auto found, connection_->run(list_nodes, {}));
  std::vector<node_record> nodes;
  nodes.reserve(found.size());
  for (std::size_t row = 0; row < found.size(); ++row) {
    node_record node;
    node.facts.identity = {{std::string{found.text(row, 0)}}, read_incarnation(found, row, 1)};
    node.facts.address = found.text(row, 2);
    node.facts.build = found.text(row, 3);
    node.facts.types_hash = std::bit_cast<std::uint64_t>(found.integer(row, 4));
    node.facts.zone = found.text(row, 5);
    node.facts.labels = labels_of(found.text(row, 6));
    node.report.load = {found.real(row, 7), found.real(row, 8), found.real(row, 9)};
    node.report.conversations = static_cast<std::uint32_t>(found.integer(row, 10));
    node.report.conversations_max = static_cast<std::uint32_t>(found.integer(row, 11));
    node.report.draining = found.boolean(row, 12);
    node.report.healthy = found.boolean(row, 13);
    node.lease_left = milliseconds{found.integer(row, 14)};
    node.drain_wanted = found.boolean(row, 15);
    node.report.links = static_cast<std::uint32_t>(found.integer(row, 16));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

result<std::size_t> postgres_leases::forget_nodes(milliseconds ended_for) {
  DHR_TRY(const auto done,
          connection_->run("DELETE FROM dhr.nodes WHERE lease_ends_at < clock_timestamp() - "
                           "$1 * interval '1 millisecond'",
                           {integer(ended_for.count())}));
  return done.changes();
}

result<claim_outcome> postgres_leases::claim(const conversation_id& id, const node_identity& node) {
  if (auto reason = refusal(id)) return std::move(*reason);
  DHR_TRY(const auto found,
          connection_->run(claim_free,
                           {text(id.value), text(node.name.value), incarnation_of(node),
                            integer(connection_->writer()), integer(connection_->next_call())}));
  if (!found.boolean(0, 0)) return has_no_lease(node);
  if (found.is_null(0, 1)) return claim_from_another(id, node);
  return claim_outcome{true, {id, {found.number(0, 1)}, node, node.name}};
}

result<claim_outcome> postgres_leases::claim_from_another(const conversation_id& id,
                                                          const node_identity& node) {
  DHR_TRY(auto taking, postgres::transaction::begin(*connection_));
  DHR_TRY(const auto claimed,
          connection_->run("SELECT epoch::text, owner, incarnation, last_owner, wanted_node "
                           "FROM dhr.claims WHERE conversation_id = $1 FOR UPDATE",
                           {text(id.value)}));
  if (claimed.size() == 0) {
    return fail(errc::unavailable, "the claim of " + id.value + " was forgotten just now", "id");
  }
  const session_epoch epoch{claimed.number(0, 0)};
  const node_identity owner{{std::string{claimed.text(0, 1)}}, read_incarnation(claimed, 0, 2)};
  // FOR SHARE waits for a renewal that is under way.
  DHR_TRY(const auto lease,
          connection_->run("SELECT lease_ends_at > clock_timestamp() FROM dhr.nodes "
                           "WHERE name = $1 AND incarnation = $2 FOR SHARE",
                           {text(owner.name.value), incarnation_of(owner)}));
  if (lease.size() > 0 && lease.boolean(0, 0) && owner != node) {
    return claim_outcome{
        false,
        {id, epoch, owner, {std::string{claimed.text(0, 3)}}, {std::string{claimed.text(0, 4)}}}};
  }
  DHR_TRY(const auto taken,
          connection_->run(take_over,
                           {text(id.value), text(node.name.value), incarnation_of(node),
                            integer(connection_->writer()), integer(connection_->next_call())}));
  const session_epoch next{taken.number(0, 0)};
  DHR_TRY(taking.commit());
  return claim_outcome{true, {id, next, node, node.name}};
}

result<std::optional<conversation_claim>> postgres_leases::find_claim(const conversation_id& id) {
  DHR_TRY(const auto found, connection_->run(find_one, {text(id.value)}));
  if (found.size() == 0) return std::optional<conversation_claim>{};
  conversation_claim claim{id,
                           {found.number(0, 0)},
                           std::nullopt,
                           {std::string{found.text(0, 3)}},
                           {std::string{found.text(0, 5)}}};
  if (found.boolean(0, 4)) {
    claim.owner = node_identity{{std::string{found.text(0, 1)}}, read_incarnation(found, 0, 2)};
  }
  return std::optional{std::move(claim)};
}

result<bool> postgres_leases::give_up(const conversation_id& id, session_epoch epoch,
                                      const node_identity& node) {
  DHR_TRY(const auto done,
          connection_->run(
              "UPDATE dhr.claims SET owner = '', incarnation = 0, "
              "changed_at = clock_timestamp() WHERE conversation_id = $1 "
              "AND epoch = $2 AND owner = $3 AND incarnation = $4",
              {text(id.value), number(epoch.value), text(node.name.value), incarnation_of(node)}));
  return done.changes() > 0;
}

result<bool> postgres_leases::want_drain(const node_name& name, bool wanted) {
  DHR_TRY(const auto done, connection_->run("UPDATE dhr.nodes SET drain_wanted = $2 "
                                            "WHERE name = $1 AND lease_ends_at > clock_timestamp()",
                                            {text(name.value), postgres::boolean(wanted)}));
  return done.changes() > 0;
}

result<bool> postgres_leases::want_owner(const conversation_id& id, const node_name& wanted) {
  DHR_TRY(const auto done,
          connection_->run("UPDATE dhr.claims SET wanted_node = $2 WHERE conversation_id = $1",
                           {text(id.value), text(wanted.value)}));
  return done.changes() > 0;
}

result<std::vector<conversation_claim>> postgres_leases::wishes(const node_identity& owner,
                                                                std::size_t limit) {
  DHR_TRY(const auto found,
          connection_->run(list_wishes, {text(owner.name.value), incarnation_of(owner),
                                         integer(row_limit(limit))}));
  return read_claims(found);
}

result<std::vector<conversation_claim>> postgres_leases::claims(const node_name& owner,
                                                                std::size_t limit) {
  DHR_TRY(const auto found,
          connection_->run("SELECT conversation_id, epoch::text, owner, claims.incarnation, "
                           "last_owner, wanted_node FROM dhr.claims JOIN dhr.nodes "
                           "ON name = owner AND nodes.incarnation = claims.incarnation "
                           "WHERE lease_ends_at > clock_timestamp() AND ($1 = '' OR owner = $1) "
                           "ORDER BY conversation_id COLLATE \"C\" LIMIT $2",
                           {text(owner.value), integer(row_limit(limit))}));
  return read_claims(found);
}

}  // namespace dhr
