#include "net/door/gate.hpp"

#include <fstream>
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

result<std::vector<access_key>> keys_of(const settings::access& settings) {
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
  return keys;
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

void gate::use(std::vector<access_key> keys) {
  const auto before = ring();
  auto made = std::make_shared<keyring>(keyring{{std::move(keys), settings_.origins}, {}});
  for (const auto& key : made->policy.keys()) {
    std::shared_ptr<admission::account> account;
    for (std::size_t i = 0; before && i < before->accounts.size(); ++i) {
      if (before->policy.keys()[i].digest == key.digest) account = before->accounts[i];
    }
    if (!account) account = std::make_shared<admission::account>(settings_);
    made->accounts.push_back(std::move(account));
  }
  const std::lock_guard lock{mutex_};
  ring_ = std::move(made);
}

std::shared_ptr<const gate::keyring> gate::ring() const {
  const std::lock_guard lock{mutex_};
  return ring_;
}

result<std::shared_ptr<gate>> gate::make(const settings::access& settings) {
  DHR_TRY(auto keys, keys_of(settings));
  std::shared_ptr<gate> made{new gate{settings}};
  made->use(std::move(keys));
  return made;
}

std::shared_ptr<gate> gate::without_keys() {
  std::shared_ptr<gate> made{new gate{settings::access{}}};
  made->use({});
  return made;
}

result<void> gate::reload() {
  DHR_TRY(auto keys, keys_of(settings_));
  use(std::move(keys));
  return ok();
}

std::size_t gate::keys() const { return ring()->policy.keys().size(); }

bool gate::is_open_to_page(const knock& asked) const {
  return !asked.origin.empty() && ring()->policy.allows_origin(asked);
}

std::shared_ptr<admission> gate::admit(const keyring& ring, const visitor& who, bool counted) {
  if (!who.key) return std::shared_ptr<admission>{new admission{nullptr, {}, false}};
  return std::shared_ptr<admission>{
      new admission{ring.accounts.at(*who.key), ring.policy.keys().at(*who.key).name, counted}};
}

admitted<std::shared_ptr<admission>> gate::visit(const knock& asked, openness path) const {
  const auto now = ring();
  BOOST_OUTCOME_TRY(const auto who, now->policy.judge(asked, path));
  return admit(*now, who, false);
}

admitted<std::shared_ptr<admission>> gate::enter(const knock& asked) const {
  const auto now = ring();
  BOOST_OUTCOME_TRY(const auto who, now->policy.judge(asked, openness::keyed));
  if (who.key) {
    const auto limit = static_cast<std::size_t>(settings_.connections_max);
    auto& account = *now->accounts.at(*who.key);
    const std::lock_guard lock{account.mutex};
    if (limit > 0 && account.connections >= limit) {
      return boost::outcome_v2::failure(
          refusal{429, "rate_limit_exceeded",
                  "this API key has as many connections as it may (" + std::to_string(limit) + ")",
                  connection_retry_after});
    }
    ++account.connections;
  }
  return admit(*now, who, true);
}

}  // namespace dhr::door
