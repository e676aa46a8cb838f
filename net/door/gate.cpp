#include "net/door/gate.hpp"

#include <fstream>
#include <mutex>
#include <sstream>

namespace dhr::door {
namespace {

constexpr milliseconds connection_retry_after{5'000};

result<std::string> read_file(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) {
    return fail(errc::unavailable, "doors.access.keys_file " + path + " cannot be read", path);
  }
  return text.str();
}

}  // namespace

struct admission::account {
  account(const settings::access& limits)
      : limiter{limits.turns_per_minute, limits.audio_bytes_per_minute} {}
  std::mutex mutex;  // the key's connections live on several strands
  rate_limiter limiter;
  std::size_t connections = 0;
};

admission::admission(std::shared_ptr<account> key, std::string key_name, bool counted)
    : account_{std::move(key)}, key_name_{std::move(key_name)}, counted_{counted} {}

admission::~admission() {
  if (!account_ || !counted_) return;
  const std::lock_guard lock{account_->mutex};
  --account_->connections;
}

result<void> admission::turn_begins(mono_time now) {
  if (!account_) return ok();
  const std::lock_guard lock{account_->mutex};
  return account_->limiter.turn_begins(now);
}

result<void> admission::audio_received(std::int64_t bytes, mono_time now) {
  if (!account_) return ok();
  const std::lock_guard lock{account_->mutex};
  return account_->limiter.audio_received(bytes, now);
}

std::vector<rate_limit> admission::rate_limits(mono_time now) const {
  if (!account_) return {};
  const std::lock_guard lock{account_->mutex};
  return account_->limiter.state(now);
}

gate::gate(access_policy policy, const settings::access& limits)
    : policy_{std::move(policy)},
      connections_max_{static_cast<std::size_t>(limits.connections_max)} {
  for (std::size_t i = 0; i < policy_.keys().size(); ++i) {
    accounts_.push_back(std::make_shared<admission::account>(limits));
  }
}

result<std::shared_ptr<gate>> gate::make(const settings::access& settings) {
  auto list = settings.keys.value;
  if (!settings.keys_file.empty()) {
    DHR_TRY(const auto lines, read_file(settings.keys_file));
    list += '\n' + lines;
  }
  DHR_TRY(auto keys, read_keys(list));
  if (keys.empty() && !settings.keys_file.empty()) {
    return fail(errc::invalid_argument,
                "doors.access.keys_file " + settings.keys_file + " holds no key",
                settings.keys_file);
  }
  return std::shared_ptr<gate>{new gate{{std::move(keys), settings.origins}, settings}};
}

std::shared_ptr<gate> gate::without_keys() {
  return std::shared_ptr<gate>{new gate{access_policy{{}, {}}, {}}};
}

std::shared_ptr<admission> gate::admit(const visitor& who, bool counted) const {
  if (!who.key) return std::shared_ptr<admission>{new admission{nullptr, {}, false}};
  return std::shared_ptr<admission>{
      new admission{accounts_.at(*who.key), policy_.keys().at(*who.key).name, counted}};
}

admitted<std::shared_ptr<admission>> gate::visit(const knock& asked, openness path) const {
  BOOST_OUTCOME_TRY(const auto who, policy_.judge(asked, path));
  return admit(who, false);
}

admitted<std::shared_ptr<admission>> gate::enter(const knock& asked) const {
  BOOST_OUTCOME_TRY(const auto who, policy_.judge(asked, openness::keyed));
  if (who.key) {
    auto& account = *accounts_.at(*who.key);
    const std::lock_guard lock{account.mutex};
    if (connections_max_ > 0 && account.connections >= connections_max_) {
      return boost::outcome_v2::failure(refusal{429, "rate_limit_exceeded",
                                                "this API key has as many connections as it may (" +
                                                    std::to_string(connections_max_) + ")",
                                                connection_retry_after});
    }
    ++account.connections;
  }
  return admit(who, true);
}

}  // namespace dhr::door
