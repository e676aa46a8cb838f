#include "runtime/cluster/membership_table.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace dhr {
namespace {

// A node in a crash loop adds one each time; starts every second for 600 s are below it.
constexpr std::size_t past_max = 1'024;

std::string seconds(nanoseconds duration) {
  const auto tenths = std::chrono::duration_cast<milliseconds>(duration).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

bool listens(const peer& known) {
  return known.state == peer_state::joining || known.state == peer_state::alive;
}

}  // namespace

std::string_view to_string(peer_state state) noexcept {
  constexpr std::array<std::string_view, 5> names{"joining", "alive", "suspected", "refused",
                                                  "gone"};
  return names[static_cast<std::size_t>(state)];
}

std::string_view to_string(peer_event event) noexcept {
  constexpr std::array<std::string_view, 9> names{"found",     "heard",    "suspected",
                                                  "recovered", "draining", "refused",
                                                  "gone",      "unknown",  "displaced"};
  return names[static_cast<std::size_t>(event)];
}

std::vector<std::string> check(const membership_config& config) {
  std::vector<std::string> complaints;
  if (config.heartbeat <= milliseconds{0}) {
    complaints.emplace_back("the heartbeat must be longer than 0 ms");
  }
  if (config.silence_max < 3 * config.heartbeat) {
    complaints.push_back("a silence of " + std::to_string(config.silence_max.count()) +
                         " ms is less than three heartbeats (" +
                         std::to_string(3 * config.heartbeat.count()) +
                         " ms), so that one lost packet would make a node suspected");
  }
  return complaints;
}

membership_table::membership_table(node_facts self, membership_config config)
    : self_{std::move(self)}, config_{config} {}

peer_changes membership_table::registry_read(std::span<const node_record> records, mono_time now) {
  std::set<node_name> listed;
  for (const auto& record : records) {
    listed.insert(record.facts.identity.name);
    hear_record(record, now);
  }
  for (auto& [name, known] : peers_) {
    if (known.state == peer_state::gone || listed.contains(name)) continue;
    end(known, "its row is gone from the registry", now);
  }
  return taken();
}

void membership_table::hear_record(const node_record& record, mono_time now) {
  const auto& identity = record.facts.identity;
  const bool holds = record.lease_left > milliseconds{0};
  if (identity.name == self_.identity.name) {
    if (holds && identity != self_.identity && !displaced_) {
      displaced_ = true;
      tell(peer_event::displaced, identity, "another process has taken this node's name");
    }
    return;
  }
  auto* known = current(identity);
  if (known == nullptr) {
    if (holds && !is_past(identity)) introduce(record, now);
    return;
  }
  if (known->state == peer_state::gone) return;
  if (!holds) {
    end(*known, "its lease has ended", now);
    return;
  }
  known->lease_ends = now + record.lease_left;
  // A heartbeat is newer than what the store was told with the last renewal.
  if (known->state != peer_state::alive) take_report(*known, record.report);
}

void membership_table::introduce(const node_record& record, mono_time now) {
  const auto& facts = record.facts;
  if (const auto older = peers_.find(facts.identity.name);
      older != peers_.end() && older->second.state != peer_state::gone) {
    end(older->second, "it was started again", now);
  }
  peer added{facts, record.report, peer_state::joining, now, now, now + record.lease_left, {}};
  if (facts.types_hash != self_.types_hash) {
    added.state = peer_state::refused;
    added.reason = "its build " + facts.build + " has other message types than this node's " +
                   self_.build + "; run builds that go together";
  }
  peers_.insert_or_assign(facts.identity.name, added);
  if (added.state == peer_state::refused) {
    tell(peer_event::refused, facts.identity, added.reason);
    return;
  }
  tell(peer_event::found, facts.identity);
  if (added.report.draining) tell(peer_event::draining, facts.identity);
}

peer_changes membership_table::heartbeat(const node_identity& from, const node_report& report,
                                         mono_time now) {
  auto* known = current(from);
  if (known == nullptr) {
    if (from.name != self_.identity.name && !is_past(from)) {
      tell(peer_event::unknown, from, "it is heard and the registry has not told of it");
    }
    return taken();
  }
  if (known->state == peer_state::gone || known->state == peer_state::refused) return taken();
  known->heard = now;
  take_report(*known, report);
  if (known->state != peer_state::alive) {
    const bool again = known->state == peer_state::suspected;
    known->state = peer_state::alive;
    known->since = now;
    known->reason.clear();
    tell(again ? peer_event::recovered : peer_event::heard, from);
  }
  return taken();
}

peer_changes membership_table::link_lost(const node_identity& to, mono_time now) {
  if (auto* known = current(to); known != nullptr && listens(*known)) {
    suspect(*known, "the link to it was lost", now);
  }
  return taken();
}

peer_changes membership_table::goodbye(const node_identity& from, mono_time now) {
  if (auto* known = current(from); known != nullptr && known->state != peer_state::gone) {
    end(*known, "it has left", now);
  }
  return taken();
}

peer_changes membership_table::tick(mono_time now) {
  for (auto& [name, known] : peers_) {
    if (listens(known) && now - known.heard >= config_.silence_max) {
      suspect(known, "nothing was heard of it for " + seconds(now - known.heard), now);
    }
  }
  std::erase_if(peers_, [&](const auto& entry) {
    const auto& known = entry.second;
    return known.state == peer_state::gone && now - known.since >= config_.gone_kept;
  });
  while (!past_.empty() && now - past_.front().since >= config_.gone_kept) past_.pop_front();
  return taken();
}

std::optional<mono_time> membership_table::due_at() const {
  std::optional<mono_time> next;
  for (const auto& [name, known] : peers_) {
    if (known.state != peer_state::gone && !listens(known)) continue;
    const auto at =
        listens(known) ? known.heard + config_.silence_max : known.since + config_.gone_kept;
    next = next ? std::min(*next, at) : at;
  }
  return next;
}

const peer* membership_table::find(const node_identity& identity) const {
  const auto place = peers_.find(identity.name);
  return place == peers_.end() || place->second.facts.identity != identity ? nullptr
                                                                           : &place->second;
}

peer* membership_table::current(const node_identity& identity) {
  return const_cast<peer*>(std::as_const(*this).find(identity));
}

void membership_table::take_report(peer& known, const node_report& report) {
  const bool begins = report.draining && !known.report.draining;
  known.report = report;
  if (begins && known.state != peer_state::refused) {
    tell(peer_event::draining, known.facts.identity);
  }
}

void membership_table::suspect(peer& known, std::string reason, mono_time now) {
  known.state = peer_state::suspected;
  known.since = now;
  known.reason = reason;
  tell(peer_event::suspected, known.facts.identity, std::move(reason));
}

void membership_table::end(peer& known, std::string reason, mono_time now) {
  known.state = peer_state::gone;
  known.since = now;
  known.reason = reason;
  past_.push_back({known.facts.identity, now});
  if (past_.size() > past_max) past_.pop_front();
  tell(peer_event::gone, known.facts.identity, std::move(reason));
}

bool membership_table::is_past(const node_identity& identity) const {
  return std::any_of(past_.begin(), past_.end(),
                     [&](const auto& gone) { return gone.identity == identity; });
}

void membership_table::tell(peer_event event, const node_identity& identity, std::string reason) {
  changes_.push_back({event, identity, std::move(reason)});
}

peer_changes membership_table::taken() { return std::exchange(changes_, {}); }

}  // namespace dhr
