#include "runtime/cluster/admission.hpp"

#include "runtime/cluster/cluster_view.hpp"

namespace dhr {

result<admission_answer> admission::reserve(const reservation_request& wanted, mono_time now) {
  expire(now);
  if (draining_) return refuse(errc::unavailable, "the node drains; ask another one");
  const auto before = ended_.find(wanted.request);
  if (before != ended_.end() && before->second != outcome::committed) {
    return ended_so(before->second);
  }
  if (present_.contains(wanted.conversation)) return admission_answer::present;
  if (before != ended_.end()) return ended_so(before->second);
  if (reserved_.contains(wanted.request)) return admission_answer::reserved;
  if (taken() >= config_.conversations_max) {
    return refuse(errc::overloaded, "all slots of the node are taken; try again later", true);
  }
  if (score_ > (wanted.sticky ? config_.sticky_ceiling : config_.ceiling)) {
    return refuse(errc::overloaded, "the node's load is over its ceiling; try again later", true);
  }
  const auto deadline = now + config_.reservation_max;
  reserved_.emplace(wanted.request, reservation{wanted.conversation, deadline});
  deadlines_.emplace(deadline, wanted.request);
  ++counts_.granted;
  return admission_answer::reserved;
}

result<void> admission::commit(const std::string& request, mono_time now) {
  expire(now);
  if (const auto place = reserved_.find(request); place != reserved_.end()) {
    // Two requests for one conversation end in one slot.
    present_.insert(place->second.conversation);
    finish(request, outcome::committed);
    return ok();
  }
  const auto before = ended_.find(request);
  if (before == ended_.end()) {
    return fail(errc::not_found, "this request has reserved nothing here; reserve first");
  }
  if (before->second == outcome::committed) return ok();
  return ended_so(before->second);
}

void admission::cancel(const std::string& request, mono_time now) {
  expire(now);
  finish(request, outcome::cancelled);
}

void admission::adopt(const conversation_id& conversation) { present_.insert(conversation); }

bool admission::ended(const conversation_id& conversation) {
  return present_.erase(conversation) > 0;
}

void admission::expire(mono_time now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const auto request = deadlines_.begin()->second;
    finish(request, outcome::expired);
    ++counts_.expired;
  }
}

std::optional<mono_time> admission::due_at() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

void admission::drain() {
  draining_ = true;
  while (!reserved_.empty()) finish(std::string{reserved_.begin()->first}, outcome::drained);
}

void admission::set_load(const node_load& load) { score_ = load_score(load); }

error admission::refuse(errc code, std::string message, bool later) {
  ++counts_.refused;
  error refused{code, std::move(message), {}, {}};
  if (later) refused.retry_after = config_.retry_after;
  return refused;
}

error admission::ended_so(outcome how) const {
  switch (how) {
    case outcome::expired:
      return {errc::deadline, "the reservation was not used in time; reserve again", {}, {}};
    case outcome::drained:
      return {errc::unavailable, "the node drains; ask another one", {}, {}};
    case outcome::committed:
      return {errc::cancelled, "the conversation of this request was here and has left", {}, {}};
    case outcome::cancelled:
      break;
  }
  return {errc::cancelled, "the reservation was cancelled", {}, {}};
}

void admission::finish(const std::string& request, outcome how) {
  if (const auto place = reserved_.find(request); place != reserved_.end()) {
    deadlines_.erase({place->second.deadline, request});
    reserved_.erase(place);
  }
  // The first end counts: a cancel after the commit changes nothing.
  if (!ended_.emplace(request, how).second) return;
  ended_order_.push_back(request);
  if (ended_order_.size() > config_.ended_max) {
    ended_.erase(ended_order_.front());
    ended_order_.pop_front();
  }
}

}  // namespace dhr
