#include "runtime/store/sqlite_leases.hpp"

#include <algorithm>
#include <utility>

#include "runtime/store/row_limit.hpp"
#include "runtime/store/sqlite_columns.hpp"

namespace dhr {

using sqlite::from_column;
using sqlite::to_column;

struct sqlite_leases::statements {
  sqlite::statement find_node;
  sqlite::statement put_node;
  sqlite::statement renew;
  sqlite::statement forget_node;
  sqlite::statement end_lease;
  sqlite::statement list_nodes;
  sqlite::statement forget_nodes;
  sqlite::statement find_claim;
  sqlite::statement snapshot_epoch;
  sqlite::statement put_claim;
  sqlite::statement give_up;
  sqlite::statement give_up_all;
  sqlite::statement want_drain;
  sqlite::statement want_owner;
  sqlite::statement list_wishes;
  sqlite::statement list_claims;
  sqlite::statement forget_claims;

  static result<std::unique_ptr<statements>> of(sqlite::database& on);
};

namespace {

// A claim's row as find_claim, list_wishes and list_claims read it; column 5 is when its owner's
// lease ends, zero where there is none.
conversation_claim read_claim(const sqlite::rows& row, std::int64_t now_ms) {
  conversation_claim claim{{std::string{row.text(0)}}, {from_column(row.integer(1))}, {}, {}};
  claim.last_owner = {std::string{row.text(4)}};
  claim.wanted_node = {std::string{row.text(6)}};
  if (row.integer(5) > now_ms) {
    claim.owner = node_identity{{std::string{row.text(2)}}, {from_column(row.integer(3))}};
  }
  return claim;
}

}  // namespace

result<std::unique_ptr<sqlite_leases::statements>> sqlite_leases::statements::of(
    sqlite::database& on) {
  DHR_TRY(auto find_node,
          on.prepare("SELECT incarnation, lease_ends_at_ms FROM nodes WHERE name = ?"));
  DHR_TRY(auto put_node,
          on.prepare("INSERT OR REPLACE INTO nodes (name, incarnation, address, build, types_hash, "
                     "zone, labels, gpu, memory, queue, conversations, conversations_max, "
                     "draining, healthy, lease_ends_at_ms, links, drain_wanted) "
                     "VALUES (?1, ?2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                     "coalesce((SELECT drain_wanted FROM nodes "
                     "WHERE name = ?1 AND incarnation = ?2), 0))"));
  DHR_TRY(auto renew,
          on.prepare("UPDATE nodes SET gpu = ?, memory = ?, queue = ?, conversations = ?, "
                     "conversations_max = ?, draining = ?, healthy = ?, lease_ends_at_ms = ?, "
                     "links = ? WHERE name = ?"));
  DHR_TRY(auto forget_node, on.prepare("DELETE FROM nodes WHERE name = ?"));
  DHR_TRY(auto end_lease, on.prepare("UPDATE nodes SET lease_ends_at_ms = ?1 "
                                     "WHERE name = ?2 AND lease_ends_at_ms > ?1"));
  DHR_TRY(auto list_nodes,
          on.prepare("SELECT name, incarnation, address, build, types_hash, zone, labels, gpu, "
                     "memory, queue, conversations, conversations_max, draining, healthy, "
                     "lease_ends_at_ms, drain_wanted, links FROM nodes ORDER BY name"));
  DHR_TRY(auto forget_nodes, on.prepare("DELETE FROM nodes WHERE lease_ends_at_ms < ?"));
  DHR_TRY(auto find_claim,
          on.prepare("SELECT conversation_id, epoch, owner, claims.incarnation, last_owner, "
                     "coalesce(lease_ends_at_ms, 0), wanted_node FROM claims LEFT JOIN nodes "
                     "ON name = owner AND nodes.incarnation = claims.incarnation "
                     "WHERE conversation_id = ?"));
  DHR_TRY(auto snapshot_epoch, on.prepare("SELECT epoch FROM conversations WHERE id = ?"));
  DHR_TRY(auto put_claim,
          on.prepare("INSERT OR REPLACE INTO claims (conversation_id, epoch, owner, incarnation, "
                     "last_owner, changed_at_ms) VALUES (?1, ?2, ?3, ?4, ?3, ?5)"));
  DHR_TRY(auto give_up,
          on.prepare("UPDATE claims SET owner = '', incarnation = 0, changed_at_ms = ? "
                     "WHERE conversation_id = ? AND epoch = ? AND owner = ? AND incarnation = ?"));
  DHR_TRY(auto give_up_all,
          on.prepare("UPDATE claims SET owner = '', incarnation = 0, changed_at_ms = ? "
                     "WHERE owner = ? AND incarnation = ?"));
  DHR_TRY(auto want_drain, on.prepare("UPDATE nodes SET drain_wanted = ? "
                                      "WHERE name = ? AND lease_ends_at_ms > ?"));
  DHR_TRY(auto want_owner,
          on.prepare("UPDATE claims SET wanted_node = ? WHERE conversation_id = ?"));
  DHR_TRY(auto list_wishes,
          on.prepare("SELECT conversation_id, epoch, owner, claims.incarnation, last_owner, "
                     "lease_ends_at_ms, wanted_node FROM claims JOIN nodes "
                     "ON name = owner AND nodes.incarnation = claims.incarnation "
                     "WHERE wanted_node <> '' AND wanted_node <> ?1 AND owner = ?1 "
                     "AND claims.incarnation = ?2 AND lease_ends_at_ms > ?3 "
                     "ORDER BY conversation_id LIMIT ?4"));
  DHR_TRY(auto list_claims,
          on.prepare("SELECT conversation_id, epoch, owner, claims.incarnation, last_owner, "
                     "lease_ends_at_ms, wanted_node FROM claims JOIN nodes "
                     "ON name = owner AND nodes.incarnation = claims.incarnation "
                     "WHERE lease_ends_at_ms > ?1 AND (?2 = '' OR owner = ?2) "
                     "ORDER BY conversation_id LIMIT ?3"));
  DHR_TRY(auto forget_claims,
          on.prepare("DELETE FROM claims WHERE changed_at_ms < ?1 "
                     "AND NOT EXISTS (SELECT 1 FROM conversations WHERE id = conversation_id) "
                     "AND NOT EXISTS (SELECT 1 FROM nodes WHERE name = owner "
                     "AND nodes.incarnation = claims.incarnation AND lease_ends_at_ms > ?2)"));
  return std::make_unique<statements>(statements{
      std::move(find_node), std::move(put_node), std::move(renew), std::move(forget_node),
      std::move(end_lease), std::move(list_nodes), std::move(forget_nodes), std::move(find_claim),
      std::move(snapshot_epoch), std::move(put_claim), std::move(give_up), std::move(give_up_all),
      std::move(want_drain), std::move(want_owner), std::move(list_wishes), std::move(list_claims),
      std::move(forget_claims)});
}

sqlite_leases::sqlite_leases(sqlite::database& on, const clock& time,
                             std::unique_ptr<statements> sql)
    : database_{&on}, time_{&time}, sql_{std::move(sql)} {}
sqlite_leases::sqlite_leases(sqlite_leases&&) noexcept = default;
sqlite_leases::~sqlite_leases() = default;

result<sqlite_leases> sqlite_leases::open(sqlite::database& on, const clock& time) {
  DHR_TRY(auto sql, statements::of(on));
  return sqlite_leases{on, time, std::move(sql)};
}

result<void> sqlite_leases::join(const node_facts& facts, const node_report& report,
                                 milliseconds ttl) {
  if (auto reason = refusal(facts)) return std::move(*reason);
  DHR_TRY(auto writing, sqlite::transaction::begin(*database_, sqlite::lock::write));
  const auto& identity = facts.identity;
  {
    auto known = sql_->find_node.with(identity.name.value);
    DHR_TRY(const bool any, known.next());
    const node_identity by{identity.name, {any ? from_column(known.integer(0)) : 0}};
    const auto left = any ? known.integer(1) - now_ms() : 0;
    if (left > 0 && by != identity) return name_is_taken(by, milliseconds{left});
  }
  DHR_TRY(sql_->put_node.run(
      identity.name.value, to_column(identity.incarnation.value), facts.address, facts.build,
      to_column(facts.types_hash), facts.zone, labels_text(facts.labels), report.load.gpu,
      report.load.memory, report.load.queue, report.conversations, report.conversations_max,
      report.draining, report.healthy, now_ms() + ttl.count(), report.links));
  return writing.commit();
}

result<void> sqlite_leases::renew(const node_identity& node, const node_report& report,
                                  milliseconds ttl) {
  DHR_TRY(auto writing, sqlite::transaction::begin(*database_, sqlite::lock::write));
  DHR_TRY(const bool stands, has_lease(node));
  if (!stands) return has_no_lease(node);
  DHR_TRY(sql_->renew.run(report.load.gpu, report.load.memory, report.load.queue,
                          report.conversations, report.conversations_max, report.draining,
                          report.healthy, now_ms() + ttl.count(), report.links, node.name.value));
  return writing.commit();
}

result<std::size_t> sqlite_leases::leave(const node_identity& node) {
  DHR_TRY(auto writing, sqlite::transaction::begin(*database_, sqlite::lock::write));
  DHR_TRY(const bool stands, has_lease(node));
  if (!stands) return std::size_t{0};
  DHR_TRY(sql_->give_up_all.run(now_ms(), node.name.value, to_column(node.incarnation.value)));
  const auto given_up = static_cast<std::size_t>(database_->changes());
  DHR_TRY(sql_->forget_node.run(node.name.value));
  DHR_TRY(writing.commit());
  return given_up;
}

result<bool> sqlite_leases::evict(const node_name& name) {
  DHR_TRY(sql_->end_lease.run(now_ms(), name.value));
  return database_->changes() > 0;
}

result<std::vector<node_record>> sqlite_leases::nodes() {
  std::vector<node_record> found;
  auto row = sql_->list_nodes.with();
  for (;;) {
    DHR_TRY(const bool more, row.next());
    if (!more) return found;
    node_record node;
    node.facts.identity = {{std::string{row.text(0)}}, {from_column(row.integer(1))}};
    node.facts.address = row.text(2);
    node.facts.build = row.text(3);
    node.facts.types_hash = from_column(row.integer(4));
    node.facts.zone = row.text(5);
    node.facts.labels = labels_of(row.text(6));
    node.report.load = {row.real(7), row.real(8), row.real(9)};
    node.report.conversations = static_cast<std::uint32_t>(row.integer(10));
    node.report.conversations_max = static_cast<std::uint32_t>(row.integer(11));
    node.report.draining = row.integer(12) != 0;
    node.report.healthy = row.integer(13) != 0;
    node.lease_left = milliseconds{row.integer(14) - now_ms()};
    node.drain_wanted = row.integer(15) != 0;
    node.report.links = static_cast<std::uint32_t>(row.integer(16));
    found.push_back(std::move(node));
  }
}

result<std::size_t> sqlite_leases::forget_nodes(milliseconds ended_for) {
  DHR_TRY(sql_->forget_nodes.run(now_ms() - ended_for.count()));
  return static_cast<std::size_t>(database_->changes());
}

result<claim_outcome> sqlite_leases::claim(const conversation_id& id, const node_identity& node) {
  if (auto reason = refusal(id)) return std::move(*reason);
  DHR_TRY(auto writing, sqlite::transaction::begin(*database_, sqlite::lock::write));
  DHR_TRY(const bool stands, has_lease(node));
  if (!stands) return has_no_lease(node);
  DHR_TRY(const auto known, find_claim(id));
  if (known && known->owner && *known->owner != node) return claim_outcome{false, *known};
  auto last = known ? known->epoch : session_epoch{};
  {
    auto saved = sql_->snapshot_epoch.with(id.value);
    DHR_TRY(const bool any, saved.next());
    if (any) last = std::max(last, session_epoch{from_column(saved.integer(0))});
  }
  const session_epoch next{last.value + 1};
  DHR_TRY(sql_->put_claim.run(id.value, to_column(next.value), node.name.value,
                              to_column(node.incarnation.value), now_ms()));
  DHR_TRY(writing.commit());
  return claim_outcome{true, {id, next, node, node.name}};
}

result<std::optional<conversation_claim>> sqlite_leases::find_claim(const conversation_id& id) {
  auto row = sql_->find_claim.with(id.value);
  DHR_TRY(const bool any, row.next());
  if (!any) return std::optional<conversation_claim>{};
  return std::optional{read_claim(row, now_ms())};
}

result<bool> sqlite_leases::give_up(const conversation_id& id, session_epoch epoch,
                                    const node_identity& node) {
  DHR_TRY(sql_->give_up.run(now_ms(), id.value, to_column(epoch.value), node.name.value,
                            to_column(node.incarnation.value)));
  return database_->changes() > 0;
}

result<bool> sqlite_leases::want_drain(const node_name& name, bool wanted) {
  DHR_TRY(sql_->want_drain.run(wanted, name.value, now_ms()));
  return database_->changes() > 0;
}

result<bool> sqlite_leases::want_owner(const conversation_id& id, const node_name& wanted) {
  DHR_TRY(sql_->want_owner.run(wanted.value, id.value));
  return database_->changes() > 0;
}

result<std::vector<conversation_claim>> sqlite_leases::wishes(const node_identity& owner,
                                                              std::size_t limit) {
  std::vector<conversation_claim> found;
  const auto now = now_ms();
  auto row = sql_->list_wishes.with(owner.name.value, to_column(owner.incarnation.value), now,
                                    row_limit(limit));
  for (;;) {
    DHR_TRY(const bool more, row.next());
    if (!more) return found;
    found.push_back(read_claim(row, now));
  }
}

result<std::vector<conversation_claim>> sqlite_leases::claims(const node_name& owner,
                                                              std::size_t limit) {
  std::vector<conversation_claim> found;
  const auto now = now_ms();
  auto row = sql_->list_claims.with(now, owner.value, row_limit(limit));
  for (;;) {
    DHR_TRY(const bool more, row.next());
    if (!more) return found;
    found.push_back(read_claim(row, now));
  }
}

result<std::optional<session_epoch>> sqlite_leases::epoch_of(const conversation_id& id) {
  auto row = sql_->find_claim.with(id.value);
  DHR_TRY(const bool any, row.next());
  if (!any) return std::optional<session_epoch>{};
  return std::optional{session_epoch{from_column(row.integer(1))}};
}

result<void> sqlite_leases::forget_claims(wall_time cutoff) {
  return sql_->forget_claims.run(to_unix_ms(cutoff), now_ms());
}

result<bool> sqlite_leases::has_lease(const node_identity& node) {
  auto row = sql_->find_node.with(node.name.value);
  DHR_TRY(const bool any, row.next());
  return any && from_column(row.integer(0)) == node.incarnation.value && row.integer(1) > now_ms();
}

}  // namespace dhr
