#include "runtime/cluster/lease_clock.hpp"

#include <algorithm>

namespace dhr {
namespace {

// How long after sending a granted request the node may act.
nanoseconds usable(milliseconds ttl, const lease_config& config) {
  const auto whole = static_cast<double>(nanoseconds{ttl}.count());
  return nanoseconds{static_cast<std::int64_t>(whole * (1 - config.drift_share))} -
         config.fence_time;
}

std::string text(milliseconds duration) { return std::to_string(duration.count()) + " ms"; }

}  // namespace

std::vector<std::string> check(const lease_config& config) {
  std::vector<std::string> complaints;
  constexpr milliseconds none{0};
  if (config.ttl <= none || config.renew_every <= none || config.answer_max <= none ||
      config.retry <= none || config.fence_time <= none) {
    complaints.emplace_back("all times of a lease must be longer than 0 ms");
  }
  if (!(config.drift_share > 0 && config.drift_share <= 0.2)) {
    complaints.emplace_back("the drift of a clock must be more than 0 and at most 0.2 of the time");
  }
  if (config.ttl < 3 * config.renew_every) {
    complaints.push_back("a lease of " + text(config.ttl) + " is shorter than three renewals (" +
                         text(3 * config.renew_every) + ")");
  }
  // Two attempts whose answers take their whole time must be over before the end.
  const auto needed = config.renew_every + 2 * config.answer_max + config.retry;
  if (usable(config.ttl, config) < needed) {
    complaints.push_back("a lease of " + text(config.ttl) +
                         " leaves no time for a second attempt to renew it: with its margins it "
                         "must hold for " +
                         text(needed));
  }
  return complaints;
}

lease_step lease_clock::step(mono_time now) {
  if (phase_ == lease_phase::held && now >= valid_until_) end();
  if (phase_ == lease_phase::fencing) {
    if (fence_told_) return {lease_action::wait, {}, mono_time::max()};
    fence_told_ = true;
    return {lease_action::fence, {}, {}};
  }
  const bool held = phase_ == lease_phase::held;
  if (now < next_attempt_) {
    return {lease_action::wait, {}, held ? std::min(next_attempt_, valid_until_) : next_attempt_};
  }
  last_sent_ = now;
  next_attempt_ = now + config_.answer_max;
  return {held ? lease_action::renew : lease_action::join, {term_, now}, {}};
}

void lease_clock::granted(const lease_attempt& attempt, milliseconds ttl, mono_time now) {
  if (!is_current(attempt, now)) return;
  const auto until = attempt.sent + usable(ttl, config_);
  if (phase_ == lease_phase::vacant) {
    if (until <= now) return;  // too late to begin with; the next attempt is fresher
    phase_ = lease_phase::held;
    valid_until_ = until;
  } else if (until > valid_until_) {
    valid_until_ = until;
  }
  // A late answer to an older attempt; the newer one is still under way.
  if (attempt.sent != last_sent_) return;
  next_attempt_ = attempt.sent + std::min(config_.renew_every, ttl / 3);
}

void lease_clock::refused(const lease_attempt& attempt, mono_time now) {
  if (!is_current(attempt, now)) return;
  if (phase_ == lease_phase::held) {
    end();
  } else {
    // Perhaps an earlier join was granted, its answer lost, and that lease has ended since.
    ++term_;
    next_attempt_ = now + config_.retry;
  }
}

void lease_clock::failed(const lease_attempt& attempt, mono_time now) {
  // Of the newest attempt alone: an older one has been tried again already.
  if (!is_current(attempt, now) || attempt.sent != last_sent_) return;
  next_attempt_ = now + config_.retry;
}

void lease_clock::displaced() {
  if (phase_ == lease_phase::held) end();
}

void lease_clock::fenced(mono_time now) {
  if (phase_ != lease_phase::fencing) return;
  phase_ = lease_phase::vacant;
  ++term_;
  next_attempt_ = now;
}

bool lease_clock::is_current(const lease_attempt& attempt, mono_time now) {
  // A process that stood still for long hears the answers before it looks at the time.
  if (phase_ == lease_phase::held && now >= valid_until_) end();
  return attempt.term == term_ && phase_ != lease_phase::fencing;
}

void lease_clock::end() {
  phase_ = lease_phase::fencing;
  fence_told_ = false;
}

}  // namespace dhr
