#include "runtime/base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <span>
#include <vector>

namespace dhr {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using seconds_buckets = Histogram::BucketBoundaries;

double to_seconds(nanoseconds duration) { return static_cast<double>(duration.count()) / 1e9; }

constexpr std::array<errc, 7> error_codes{
    errc::invalid_argument, errc::not_found,   errc::overloaded, errc::cancelled,
    errc::deadline,         errc::unavailable, errc::failed};

// Around the figures that people feel: a fifth of a second is prompt, a second is slow.
const seconds_buckets latency{0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.45, 0.7, 1.0, 2.0, 5.0, 10.0};
const seconds_buckets whole_reply{0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0};

// The members of a family, one per value of its label, all there from the start so that a rate
// begins at zero. The last value is for everything else. Constant after construction.
template <class Metric>
class labelled {
 public:
  template <class... Rest>
  labelled(prometheus::Family<Metric>& family, const std::string& label,
           std::span<const std::string_view> values, const Rest&... rest)
      : values_{values} {
    for (const auto value : values) {
      members_.push_back(&family.Add({{label, std::string{value}}}, rest...));
    }
  }

  Metric& operator[](std::string_view value) noexcept {
    const auto found = std::find(values_.begin(), values_.end(), value);
    const auto index = static_cast<std::size_t>(found - values_.begin());
    return *members_[std::min(index, members_.size() - 1)];
  }

 private:
  std::span<const std::string_view> values_;
  std::vector<Metric*> members_;
};

std::vector<std::string_view> code_names() {
  std::vector<std::string_view> names;
  for (const auto code : error_codes) names.push_back(to_string(code));
  return names;
}

const std::vector<std::string_view>& all_codes() {
  static const auto names = code_names();
  return names;
}

}  // namespace

struct metrics::families {
  prometheus::Registry registry;

  prometheus::Family<Counter>& counter(const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name("digital_human_" + name).Help(help).Register(registry);
  }
  prometheus::Family<Gauge>& gauge(const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name("digital_human_" + name).Help(help).Register(registry);
  }
  prometheus::Family<Histogram>& histogram(const std::string& name, const std::string& help) {
    return prometheus::BuildHistogram().Name("digital_human_" + name).Help(help).Register(registry);
  }

  labelled<Histogram> response_time{
      histogram("response_time_seconds", "Response time for digital human interactions"),
      "interaction_type", metric_labels::interaction_types, whole_reply};
  Gauge& active_sessions = gauge("active_sessions", "Number of active sessions").Add({});
  Histogram& first_token =
      histogram("first_token_seconds", "From a request to the first token of its reply")
          .Add({}, latency);
  Histogram& first_audio =
      histogram("first_audio_seconds", "From a request to the first audio sent").Add({}, latency);
  Histogram& synthesis =
      histogram("synthesis_seconds", "Time to synthesise one clause").Add({}, latency);
  Histogram& transcription =
      histogram("transcription_seconds", "Time to write down one utterance").Add({}, latency);
  Histogram& endpointing =
      histogram("endpointing_seconds", "From the end of speech to the decision that it ended")
          .Add({}, latency);
  Histogram& words_after =
      histogram("words_after_end_seconds", "From that decision to the words").Add({}, latency);
  labelled<Counter> ignored{counter("speech_ignored_total", "Speech that made no turn, by why"),
                            "reason", metric_labels::ignored_speech};
  Counter& answers_resumed =
      counter("answers_resumed_total", "Answers that went on after speech that was none").Add({});
  prometheus::Family<Counter>& foresights =
      counter("answers_foreseen_total", "Answers thought before the user had finished, by use");
  Counter& foresight_used = foresights.Add({{"used", "yes"}});
  Counter& foresight_dropped = foresights.Add({{"used", "no"}});
  prometheus::Family<Counter>& resumes =
      counter("client_resumes_total", "Clients that came back, by whether all was there");
  Counter& resumed_whole = resumes.Add({{"whole", "yes"}});
  Counter& resumed_gap = resumes.Add({{"whole", "no"}});
  Counter& taken_over = counter("clients_taken_over_total",
                                "Clients whose conversation went on on this node by itself")
                            .Add({});
  Counter& answered_again =
      counter("turns_answered_again_total", "Retries that were answered with the first outcome")
          .Add({});
  Counter& told_unstored =
      counter("turns_told_unstored_total", "Turns whose end was told before they were stored")
          .Add({});
  Counter& passivations =
      counter("passivations_total", "Conversations that ended while their client was silent")
          .Add({});
  Counter& reactivations =
      counter("reactivations_total", "Conversations taken up again for such a client").Add({});
  Histogram& reactivation =
      histogram("reactivation_seconds", "From the client's next word until it was taken up")
          .Add({}, latency);
  Histogram& store_write =
      histogram("store_write_seconds", "Time to write one conversation").Add({}, latency);
  Counter& store_failures = counter("store_failures_total", "Writes that failed").Add({});
  Counter& stale_writes =
      counter("stale_writes_refused_total", "Writes of an owner that was replaced").Add({});
  Gauge& lease = gauge("lease_held", "1 while the node has its place in the cluster").Add({});
  Histogram& lease_renewal =
      histogram("lease_renewal_seconds", "Time until the store had renewed the node's lease")
          .Add({}, latency);
  Counter& lease_failures =
      counter("lease_failures_total", "Attempts to renew the node's lease that failed").Add({});
  Gauge& links = gauge("cluster_links", "Nodes that this one is connected to").Add({});
  Counter& relay_pieces =
      counter("relay_pieces_total", "Pieces of messages sent to other nodes").Add({});
  Counter& relay_bytes = counter("relay_bytes_total", "Bytes in these pieces").Add({});
  Counter& relay_waits =
      counter("relay_credit_waits_total", "Times that a relay had to wait for the other end")
          .Add({});
  Counter& relay_overflows =
      counter("relay_overflows_total", "Messages that no place was left for in a relay").Add({});
  Counter& relay_duplicates =
      counter("relay_duplicates_total", "Pieces that came twice and were dropped").Add({});
  Counter& relay_faults =
      counter("relay_faults_total", "Relays that ended because of what the other end sent").Add({});
  Counter& leases_lost = counter("lease_lost_total", "Leases that could not be renewed").Add({});
  Counter& fenced =
      counter("fenced_conversations_total", "Conversations that ended with their node's lease")
          .Add({});
  Histogram& fencing =
      histogram("fencing_seconds", "From a lease's loss until its conversations had ended")
          .Add({}, latency);
  labelled<Counter> peers{counter("peer_changes_total", "What became of other nodes, as seen here"),
                          "event", metric_labels::peer_events};
  labelled<Gauge> busy{gauge("worker_busy_share", "Busy share of a worker in the last 5 seconds"),
                       "worker", metric_labels::workers};
  labelled<Gauge> lag{gauge("event_loop_lag_seconds", "How late the last timer or task ran"),
                      "loop", metric_labels::event_loops};
  Gauge& healthy = gauge("healthy", "1 while the node's own probes find it well").Add({});
  Gauge& drained = gauge("node_drained", "1 while an operator wants the node drained").Add({});
  Counter& handed_over = counter("conversations_handed_over_total",
                                 "Conversations that went to another node at somebody's wish")
                             .Add({});
  Counter& given_away = counter("conversations_given_away_total",
                                "Conversations that this node wished elsewhere to even the load")
                            .Add({});
  Gauge& slots = gauge("slots_taken", "Slots of conversations and of those on their way").Add({});
  labelled<Counter> admissions{counter("admissions_total", "Slots by what became of the request"),
                               "outcome", metric_labels::admissions};
  Counter& tokens = counter("tokens_total", "Tokens that engines have written").Add({});
  labelled<Counter> prompt{
      counter("prompt_tokens_total", "Prompt tokens, read anew or taken from a kept prefix"),
      "source", metric_labels::prompt_sources};
  Histogram& batch =
      histogram("batch_items", "Tokens of all conversations in one step of the language model")
          .Add({}, prometheus::Histogram::BucketBoundaries{1, 2, 4, 8, 16, 32, 64, 128, 256});
  labelled<Counter> turns{counter("turns_total", "Turns by how they ended"), "status",
                          metric_labels::turn_statuses};
  Counter& interrupted =
      counter("turns_interrupted_total", "Turns that a client or a barge-in interrupted").Add({});
  labelled<Counter> stale{
      counter("stale_dropped_total", "Messages of old turns dropped at a queue"), "queue",
      metric_labels::queues};
  Counter& late = counter("late_chunks_total", "Audio chunks sent after their time").Add({});
  labelled<Gauge> queue{gauge("queue_items", "What waits in a queue"), "queue",
                        metric_labels::queues};
  labelled<Counter> restarts{counter("restarts_total", "Restarts of a session's children"), "child",
                             metric_labels::children};
  Gauge& connections = gauge("connections", "Clients that are connected").Add({});
  labelled<Counter> closed{counter("connections_closed_total", "Connections by why they ended"),
                           "reason", metric_labels::close_reasons};
  Counter& fallbacks =
      counter("engine_fallbacks_total", "Replies that came from the fallback engine").Add({});
  labelled<Counter> errors{counter("errors_total", "Errors that clients were told of"), "code",
                           all_codes()};
};

metrics::metrics() : families_{std::make_unique<families>()} {}
metrics::~metrics() = default;

void metrics::session_began() noexcept { families_->active_sessions.Increment(); }
void metrics::session_ended() noexcept { families_->active_sessions.Decrement(); }
void metrics::connection_opened() noexcept { families_->connections.Increment(); }

void metrics::connection_closed(std::string_view reason) noexcept {
  families_->connections.Decrement();
  families_->closed[reason].Increment();
}

void metrics::response_took(std::string_view type, nanoseconds duration) noexcept {
  families_->response_time[type].Observe(to_seconds(duration));
}

void metrics::turn_ended(std::string_view status) noexcept { families_->turns[status].Increment(); }
void metrics::turn_interrupted() noexcept { families_->interrupted.Increment(); }

void metrics::first_token_after(nanoseconds since_request) noexcept {
  families_->first_token.Observe(to_seconds(since_request));
}

void metrics::first_audio_after(nanoseconds since_request) noexcept {
  families_->first_audio.Observe(to_seconds(since_request));
}

void metrics::synthesis_took(nanoseconds duration) noexcept {
  families_->synthesis.Observe(to_seconds(duration));
}

void metrics::tokens_written(std::uint64_t count) noexcept {
  families_->tokens.Increment(static_cast<double>(count));
}

void metrics::prompt_read(std::uint64_t anew, std::uint64_t kept) noexcept {
  families_->prompt["read"].Increment(static_cast<double>(anew));
  families_->prompt["cached"].Increment(static_cast<double>(kept));
}

void metrics::batch_held(std::size_t items) noexcept {
  families_->batch.Observe(static_cast<double>(items));
}

void metrics::stale_dropped(std::string_view queue) noexcept {
  families_->stale[queue].Increment();
}

void metrics::chunk_late() noexcept { families_->late.Increment(); }

void metrics::queue_holds(std::string_view queue, std::size_t items) noexcept {
  families_->queue[queue].Set(static_cast<double>(items));
}

void metrics::child_restarted(std::string_view child) noexcept {
  families_->restarts[child].Increment();
}

void metrics::engine_fell_back() noexcept { families_->fallbacks.Increment(); }
void metrics::error_answered(errc code) noexcept { families_->errors[to_string(code)].Increment(); }

void metrics::gpu_utilization(int device, double percent) noexcept {
  families_->gauge("gpu_utilization", "GPU utilization percentage")
      .Add({{"device", "cuda:" + std::to_string(device)}})
      .Set(percent);
}

void metrics::emotion_accuracy(double share) noexcept {
  families_
      ->gauge("emotion_accuracy", "Share of labelled sentences whose feeling is read as labelled")
      .Add({})
      .Set(share);
}

std::string metrics::scrape() const {
  return prometheus::TextSerializer{}.Serialize(families_->registry.Collect());
}

void metrics::transcription_took(nanoseconds duration) noexcept {
  families_->transcription.Observe(to_seconds(duration));
}

void metrics::heard_after(nanoseconds endpointing, nanoseconds transcription) noexcept {
  families_->endpointing.Observe(to_seconds(endpointing));
  families_->words_after.Observe(to_seconds(transcription));
}

void metrics::speech_ignored(std::string_view reason) noexcept {
  families_->ignored[reason].Increment();
}

void metrics::answer_resumed() noexcept { families_->answers_resumed.Increment(); }

void metrics::foresight_ended(bool was_right) noexcept {
  (was_right ? families_->foresight_used : families_->foresight_dropped).Increment();
}

void metrics::client_resumed(bool whole) noexcept {
  (whole ? families_->resumed_whole : families_->resumed_gap).Increment();
}

void metrics::client_taken_over() noexcept { families_->taken_over.Increment(); }
void metrics::turn_answered_again() noexcept { families_->answered_again.Increment(); }
void metrics::turn_told_unstored() noexcept { families_->told_unstored.Increment(); }
void metrics::conversation_passivated() noexcept { families_->passivations.Increment(); }

void metrics::conversation_reactivated(nanoseconds duration) noexcept {
  families_->reactivations.Increment();
  families_->reactivation.Observe(to_seconds(duration));
}

void metrics::conversation_stored(nanoseconds duration) noexcept {
  families_->store_write.Observe(to_seconds(duration));
}

void metrics::store_failed() noexcept { families_->store_failures.Increment(); }
void metrics::stale_write_refused() noexcept { families_->stale_writes.Increment(); }

std::size_t metrics::sessions() const noexcept {
  return static_cast<std::size_t>(std::max(families_->active_sessions.Value(), 0.0));
}

void metrics::lease_holds(bool held) noexcept { families_->lease.Set(held ? 1 : 0); }

bool metrics::has_lease() const noexcept { return families_->lease.Value() > 0; }

void metrics::lease_renewed(nanoseconds duration) noexcept {
  families_->lease_renewal.Observe(to_seconds(duration));
}

void metrics::cluster_links(std::size_t nodes) noexcept {
  families_->links.Set(static_cast<double>(nodes));
}

std::uint32_t metrics::linked_nodes() const noexcept {
  return static_cast<std::uint32_t>(families_->links.Value());
}

void metrics::relay_piece_sent(std::size_t bytes) noexcept {
  families_->relay_pieces.Increment();
  families_->relay_bytes.Increment(static_cast<double>(bytes));
}

void metrics::relay_waited() noexcept { families_->relay_waits.Increment(); }
void metrics::relay_overflowed() noexcept { families_->relay_overflows.Increment(); }
void metrics::relay_piece_doubled() noexcept { families_->relay_duplicates.Increment(); }
void metrics::relay_broken() noexcept { families_->relay_faults.Increment(); }
void metrics::lease_failed() noexcept { families_->lease_failures.Increment(); }
worker_counts metrics::worker(const worker_labels& labels) { return {families_->registry, labels}; }

void metrics::worker_busy(std::string_view worker, double share) noexcept {
  families_->busy[worker].Set(share);
}

std::unique_ptr<device_counts> metrics::devices() {
  return std::make_unique<device_counts>(families_->registry);
}

void metrics::loop_lags(std::string_view loop, nanoseconds lag) noexcept {
  families_->lag[loop].Set(to_seconds(lag));
}

void metrics::node_healthy(bool healthy) noexcept { families_->healthy.Set(healthy ? 1 : 0); }
void metrics::node_drained(bool is_drained) noexcept { families_->drained.Set(is_drained ? 1 : 0); }
void metrics::conversation_handed_over() noexcept { families_->handed_over.Increment(); }

void metrics::conversations_given_away(std::size_t count) noexcept {
  families_->given_away.Increment(static_cast<double>(count));
}

void metrics::slots_taken(std::size_t count) noexcept {
  families_->slots.Set(static_cast<double>(count));
}

void metrics::admissions_so_far(std::uint64_t granted, std::uint64_t refused,
                                std::uint64_t expired) noexcept {
  const auto reach = [this](std::string_view outcome, std::uint64_t total) {
    auto& counter = families_->admissions[outcome];
    counter.Increment(static_cast<double>(total) - counter.Value());
  };
  reach("granted", granted);
  reach("refused", refused);
  reach("expired", expired);
}

void metrics::lease_lost() noexcept { families_->leases_lost.Increment(); }

void metrics::conversations_fenced(std::size_t count, nanoseconds took) noexcept {
  families_->fenced.Increment(static_cast<double>(count));
  families_->fencing.Observe(to_seconds(took));
}

void metrics::peer_changed(std::string_view event) noexcept { families_->peers[event].Increment(); }

}  // namespace dhr
