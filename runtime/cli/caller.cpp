#include "runtime/cli/caller.hpp"

#include <algorithm>
#include <cstdio>
#include <span>
#include <utility>

namespace dhr::cli {
namespace {

constexpr milliseconds piece_length{40};
constexpr std::int64_t piece_samples = piece_length.count() * speech_sample_rate / 1'000;

}  // namespace

caller::caller(std::vector<std::int16_t> recording, caller_config config, mono_time now)
    : recording_{std::move(recording)},
      config_{config},
      begun_{now},
      last_event_{now},
      heard_{config.fps} {}

// ---- time

std::int64_t caller::sample_at(mono_time now) const noexcept {
  return (now - begun_).count() * speech_sample_rate / 1'000'000'000;
}

mono_time caller::time_of(std::int64_t sample) const noexcept {
  return begun_ + nanoseconds{sample * 1'000'000'000 / speech_sample_rate};
}

// ---- speaking

mono_time caller::next_due() const noexcept { return begun_ + pieces_ * piece_length; }

std::optional<shared_bytes> caller::next_piece(mono_time now) {
  if (now < next_due()) return std::nullopt;
  std::vector<std::int16_t> piece(static_cast<std::size_t>(piece_samples));
  const auto first = std::min(static_cast<std::size_t>(pieces_ * piece_samples), recording_.size());
  const auto count = std::min(piece.size(), recording_.size() - first);
  std::copy_n(recording_.begin() + static_cast<std::ptrdiff_t>(first), count, piece.begin());
  ++pieces_;
  return shared_bytes::of(std::span<const std::int16_t>{piece});
}

// ---- listening

std::optional<std::string> caller::on(const session_event& event, mono_time now) {
  last_event_ = now;
  auto told = std::visit([&](const auto& x) { return take(x, now); }, event.payload);
  if (!told) return std::nullopt;
  char time[32];
  std::snprintf(time, sizeof time, "%7.2f s  ", to_ms(now - begun_) / 1'000);
  return time + std::move(*told);
}

caller::line caller::take(const listening_began& event, mono_time now) {
  utterances_.insert(event.item_id);
  if (!config_.interrupts || heard_.end() <= sample_at(now)) return std::nullopt;
  heard_.stop(sample_at(now));
  return "the answer falls silent";
}

caller::line caller::take(const listening_ignored& event, mono_time) {
  utterances_.erase(event.item_id);
  return "taken for no speech: " + event.reason;
}

caller::line caller::take(const transcript_done& event, mono_time) {
  utterances_.erase(event.item_id);
  understood_ = true;
  ++answers_awaited_;
  return "heard: " + event.text;
}

caller::line caller::take(const transcript_failed_for& event, mono_time) {
  utterances_.erase(event.item_id);
  hearing_trouble_ = event.reason;
  return "not understood: " + event.reason.message;
}

caller::line caller::take(const turn_started& event, mono_time) {
  answering_ = true;
  if (!event.resumes.empty()) return "the answer goes on";
  answers_awaited_ = std::max(0, answers_awaited_ - 1);
  return std::nullopt;
}

caller::line caller::take(const media_chunk& event, mono_time now) {
  heard_.play(event, sample_at(now));
  return std::nullopt;
}

caller::line caller::take(const turn_finished& event, mono_time) {
  answering_ = false;
  if (event.status == turn_status::failed) {
    trouble_ = event.problem.value_or(error{errc::failed, "the answer failed", {}, {}});
    return std::nullopt;
  }
  const bool interrupted = event.status == turn_status::cancelled;
  return (interrupted ? "interrupted: " : "answer: ") + event.item.text;
}

caller::line caller::take(const request_failed& event, mono_time) {
  trouble_ = event.reason;
  return std::nullopt;
}

caller::line caller::take(const session_closed& event, mono_time) {
  trouble_ = error{errc::unavailable, event.message, {}, {}};
  return std::nullopt;
}

caller::line caller::take(const notice& event, mono_time) { return "note: " + event.message; }

// ---- the end

bool caller::awaits_something() const noexcept {
  return !utterances_.empty() || answers_awaited_ > 0 || answering_;
}

std::optional<result<void>> caller::ended(mono_time now) const {
  if (trouble_) return boost::outcome_v2::failure(*trouble_);
  const auto spoken = time_of(static_cast<std::int64_t>(recording_.size()));
  const auto last = std::max({spoken, last_event_, time_of(heard_.end())});
  if (awaits_something()) {
    if (now < last + config_.patience) return std::nullopt;
    return fail(errc::deadline, "nothing came for too long");
  }
  if (now < last + config_.quiet) return std::nullopt;
  if (understood_) return ok();
  if (hearing_trouble_) return boost::outcome_v2::failure(*hearing_trouble_);
  return fail(errc::failed, "no words were heard in it");
}

}  // namespace dhr::cli
