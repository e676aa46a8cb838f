#include "actors/ears/openai_transcriber_actor.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "actors/ears/sound_pieces.hpp"
#include "actors/ears/sound_samples.hpp"
#include "actors/ears/transcript_rules.hpp"
#include "actors/ears/transcription_rules.hpp"
#include "actors/ears/transcriptions_codec.hpp"
#include "net/client/http_stream.hpp"

namespace dhr {
namespace {

// Each job has a number of its own, and each of its calls; so what an abandoned call still says is
// not taken for another's. These messages never leave the process.
struct call_ended {
  std::uint64_t job = 0;
  int call = 0;
  std::string body;
  std::optional<error> problem;
};
struct call_again {
  std::uint64_t job = 0;
  int call = 0;
};
struct budget_spent {
  std::uint64_t job = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, call_ended& x) {
  return f(caf::meta::type_name("call_ended"), x.job, x.call, x.body, wire::maybe(x.problem));
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, call_again& x) {
  return f(caf::meta::type_name("call_again"), x.job, x.call);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, budget_spent& x) {
  return f(caf::meta::type_name("budget_spent"), x.job);
}

}  // namespace
}  // namespace dhr

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::call_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::call_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::budget_spent)

namespace dhr {
namespace {

constexpr std::size_t answer_bytes_max = 1'048'576;

using openai_transcriber_impl =
    transcription_actor::extend<caf::reacts_to<call_ended>, caf::reacts_to<call_again>,
                                caf::reacts_to<budget_spent>>;

struct transcriber_parts {
  boost::asio::io_context* io;
  openai_transcriber_config config;
  const clock* time;
  std::shared_ptr<transcription_metrics> metrics;
};

struct transcription_job {
  transcribe request;
  transcription_client client;
};
using transcription_queue = work_queue<transcription_job>;

// Lives on: a scheduler thread. Owned by: its actor.
class openai_transcriber_state {
 public:
  static inline const char* name = "openai_transcriber";
  using pointer = openai_transcriber_impl::stateful_pointer<openai_transcriber_state>;

  openai_transcriber_state() = default;
  ~openai_transcriber_state() {
    for (auto& [number, job] : running_) job.call->cancel();
  }

  void start(pointer self, transcriber_parts parts) {
    self_ = self;
    parts_ = std::move(parts);
    url_ = transcriptions_url(parts_.config.base_url);
    queue_.emplace(parts_.config.queue);
  }

  void accept(const transcribe& request, const transcription_client& client) {
    if (auto problem = complaint_about_sound(request, parts_.config.sound_max)) {
      return refuse(request, client, std::move(*problem));
    }
    if (request.attempt > 0) drop(request.utterance, request.attempt - 1, "a newer attempt came");
    const auto now = parts_.time->now();
    auto pushed = queue_->push(terms_of(request, now), now, transcription_job{request, client});
    if (!pushed) {
      refuse(request, client, pushed.error());
    }
    go_on();
  }

  void cancel(const cancel_transcription& message) {
    drop(message.utterance, message.attempt, "nobody waits for the words");
    go_on();
  }

  void again(const call_again& message) {
    const auto found = current(message.job, message.call);
    if (found != running_.end()) call(found);
  }

  void spent(const budget_spent& message) {
    const auto found = running_.find(message.job);
    if (found == running_.end()) return;
    end_call(found);
    found->second.call->cancel();
    fail_job(found, {errc::deadline, "the transcription server took too long", url_, {}});
    go_on();
  }

  void ended(const call_ended& message) {
    const auto found = current(message.job, message.call);
    if (found == running_.end()) return;
    end_call(found);
    if (message.problem) {
      give_up_or_retry(found, *message.problem);
    } else if (auto text = decode_transcription(message.body); text) {
      complete(found, std::move(text).assume_value());
    } else {
      give_up_or_retry(found, std::move(text).assume_error());
    }
    go_on();
  }

 private:
  struct running_job {
    transcription_queue::entry entry;
    form_data form;
    mono_time begun;
    int calls = 0;                        // before this one
    std::optional<mono_time> call_begun;  // nothing between two calls
    nanoseconds called{0};                // in the calls that ended
    std::shared_ptr<http_stream_call> call;
  };
  using running_jobs = std::map<std::uint64_t, running_job>;

  running_jobs::iterator current(std::uint64_t job, int call) {
    const auto found = running_.find(job);
    return found != running_.end() && found->second.calls == call ? found : running_.end();
  }

  // Begins calls as long as there may be more.
  void go_on() {
    while (running_.size() < parts_.config.calls_max && !queue_->empty()) {
      auto popped = queue_->pop(parts_.time->now());
      for (auto& late : popped.expired) {
        refuse(late.work.request, late.work.client,
               {errc::deadline, "the speech waited too long to be transcribed", "ears", {}});
      }
      for (auto& next : popped.next) begin(std::move(next));
    }
    parts_.metrics->transcription_queue_depth(queue_->size());
    parts_.config.device_metrics->queue_depth(queue_->size());
  }

  void begin(transcription_queue::entry entry) {
    const auto& request = entry.work.request;
    const auto now = parts_.time->now();
    if (without_silence(to_float(request.pcm), 0).empty()) {
      return answer(entry, now, std::string{});
    }
    running_job job;
    job.form = encode_transcription_form(request, parts_.config.model);
    job.begun = now;
    const auto number = next_job_++;
    parts_.config.device_metrics->request_begun(entry.waited);
    self_->delayed_send(self_, entry.terms.deadline - now, budget_spent{number});
    job.entry = std::move(entry);
    call(running_.emplace(number, std::move(job)).first);
  }

  void call(running_jobs::iterator found) {
    auto& job = found->second;
    http_stream_request request;
    request.url = url_;
    request.bearer = parts_.config.api_key;
    request.body = job.form.body;
    request.content_type = job.form.content_type;
    request.accept = "application/json";
    request.connect_timeout = parts_.config.connect_timeout;
    request.first_byte_timeout = parts_.config.answer_timeout;
    const auto me = caf::actor_cast<caf::actor>(openai_transcriber_impl{self_});
    const auto body = std::make_shared<std::string>();
    http_stream_handlers handlers;
    handlers.piece = [body](std::string_view bytes) {
      body->append(bytes.substr(0, answer_bytes_max - std::min(answer_bytes_max, body->size())));
    };
    handlers.finished = [me, body, number = found->first, call = job.calls](result<void> outcome) {
      call_ended end{number, call, std::move(*body), {}};
      if (!outcome) end.problem = std::move(outcome).assume_error();
      caf::anon_send(me, std::move(end));
    };
    job.call_begun = parts_.time->now();
    job.call = post_stream(*parts_.io, std::move(request), std::move(handlers));
  }

  void end_call(running_jobs::iterator found) {
    const auto begun = std::exchange(found->second.call_begun, std::nullopt);
    if (!begun) return;
    const auto took = parts_.time->now() - *begun;
    found->second.called += took;
    parts_.config.device_metrics->batch_finished(1, took);
  }

  // The pace of a server that works on several at once is that of all of them together.
  void forget(running_jobs::iterator found) {
    const auto called = found->second.called;
    running_.erase(found);
    if (called == nanoseconds{0}) return;
    const auto beside = std::ranges::count_if(
        running_, [](const auto& other) { return other.second.call_begun.has_value(); });
    queue_->batch_finished(static_cast<std::size_t>(beside) + 1, called);
  }

  void give_up_or_retry(running_jobs::iterator found, error problem) {
    auto& job = found->second;
    // A server that hangs is not asked again: the time is better spent otherwise.
    const bool worth_it = problem.code == errc::unavailable;
    const auto wait =
        std::max(backoff(found->first, job.calls), problem.retry_after.value_or(milliseconds{0}));
    const bool in_time = parts_.time->now() + wait < job.entry.terms.deadline;
    if (!worth_it || job.calls >= parts_.config.retries || !in_time) {
      return fail_job(found, std::move(problem));
    }
    ++job.calls;
    self_->delayed_send(self_, wait, call_again{found->first, job.calls});
  }

  // Doubled each time; the job's own hash spreads those that failed together by up to a half.
  [[nodiscard]] milliseconds backoff(std::uint64_t number, int calls) const {
    const auto base = parts_.config.backoff * (1 << calls);
    const auto spread = static_cast<std::int64_t>(number * 0x9e3779b97f4a7c15u >> 55);
    return base + base * spread / 1'024;
  }

  void complete(running_jobs::iterator found, std::string text) {
    auto& job = found->second;
    // The server does not say how many tokens it wrote; there are at least as many as words.
    const auto words = words_of(text).size();
    const bool made_up = is_made_up(text, words, sound_of(job.entry.work.request));
    answer(job.entry, job.begun, words == 0 || made_up ? std::string{} : std::move(text));
    forget(found);
  }

  void answer(const transcription_queue::entry& entry, mono_time begun, std::string text) {
    const auto& request = entry.work.request;
    const auto took = parts_.time->now() - begun;
    parts_.metrics->transcription_finished(begun - entry.queued_at, took, sound_of(request));
    self_->send(entry.work.client,
                transcript_ready{request.utterance, request.attempt, std::move(text),
                                 std::chrono::round<milliseconds>(took)});
  }

  // Forgets what waits and what runs.
  void drop(const turn_id& utterance, std::uint32_t attempt, const char* why) {
    for (auto& entry : queue_->cancel(attempt_key(utterance, attempt), utterance.conversation)) {
      refuse(entry.work.request, entry.work.client, {errc::cancelled, why, {}, {}});
    }
    for (auto it = running_.begin(); it != running_.end();) {
      const auto found = it++;
      const auto& request = found->second.entry.work.request;
      if (request.utterance != utterance || request.attempt > attempt) continue;
      found->second.call->cancel();
      fail_job(found, {errc::cancelled, why, {}, {}});
    }
  }

  void fail_job(running_jobs::iterator found, error reason) {
    const auto& work = found->second.entry.work;
    refuse(work.request, work.client, std::move(reason));
    forget(found);
  }

  void refuse(const transcribe& request, const transcription_client& client, error reason) {
    parts_.metrics->transcription_dropped(reason.code);
    if (const auto drop = drop_of(reason.code)) {
      parts_.config.device_metrics->request_dropped(*drop);
    }
    self_->send(client, transcript_failed{request.utterance, request.attempt, std::move(reason)});
  }

  pointer self_ = nullptr;
  transcriber_parts parts_{};
  std::string url_;
  std::optional<transcription_queue> queue_;
  running_jobs running_;
  std::uint64_t next_job_ = 1;
};

openai_transcriber_impl::behavior_type openai_transcriber(openai_transcriber_state::pointer self,
                                                          transcriber_parts parts) {
  self->state.start(self, std::move(parts));
  return {
      [=](const transcribe& m, const transcription_client& client) {
        self->state.accept(m, client);
      },
      [=](const cancel_transcription& m) { self->state.cancel(m); },
      [=](const call_ended& m) { self->state.ended(m); },
      [=](const call_again& m) { self->state.again(m); },
      [=](const budget_spent& m) { self->state.spent(m); },
  };
}

}  // namespace

transcription_actor spawn_openai_transcriber(caf::actor_system& system, boost::asio::io_context& io,
                                             openai_transcriber_config config, const clock& time,
                                             std::shared_ptr<transcription_metrics> metrics) {
  return system.spawn(openai_transcriber,
                      transcriber_parts{&io, std::move(config), &time, std::move(metrics)});
}

}  // namespace dhr
