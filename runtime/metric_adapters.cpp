#include "runtime/metric_adapters.hpp"

#include <utility>

#include "runtime/base/log.hpp"

namespace dhr {
namespace {

constexpr logger out{"store"};

class session_counts final : public session_metrics {
 public:
  explicit session_counts(std::shared_ptr<metrics> counts) : counts_{std::move(counts)} {}
  void session_began() noexcept override { counts_->session_began(); }
  void session_ended() noexcept override { counts_->session_ended(); }
  void turn_ended(const turn_finished& turn) noexcept override {
    counts_->response_took("text", turn.timings.total);
    counts_->turn_ended(to_string(turn.status));
    if (turn.status == turn_status::cancelled) counts_->turn_interrupted();
    if (turn.problem) counts_->error_answered(turn.problem->code);
    if (turn.timings.first_audio.count() > 0) counts_->first_audio_after(turn.timings.first_audio);
  }
  void chunk_late(nanoseconds) noexcept override { counts_->chunk_late(); }
  void stale_dropped() noexcept override { counts_->stale_dropped("session"); }
  void child_restarted(std::string_view child) noexcept override {
    counts_->child_restarted(child);
  }
  void heard(const hearing_timings& timings) noexcept override {
    counts_->heard_after(timings.endpointing, timings.transcription);
  }
  void speech_ignored(std::string_view reason) noexcept override {
    counts_->speech_ignored(reason);
  }
  void answer_resumed() noexcept override { counts_->answer_resumed(); }
  void foresight_ended(bool was_right) noexcept override { counts_->foresight_ended(was_right); }
  void passivated() noexcept override { counts_->conversation_passivated(); }
  void told_unstored() noexcept override { counts_->turn_told_unstored(); }
  void client_resumed(bool whole) noexcept override { counts_->client_resumed(whole); }
  void client_taken_over() noexcept override { counts_->client_taken_over(); }
  void turn_answered_again() noexcept override { counts_->turn_answered_again(); }

 private:
  std::shared_ptr<metrics> counts_;
};

class speech_counts final : public speech_metrics {
 public:
  speech_counts(std::shared_ptr<metrics> counts, std::shared_ptr<workload> work)
      : counts_{std::move(counts)}, work_{std::move(work)} {}
  void synthesis_finished(nanoseconds, nanoseconds took, nanoseconds) override {
    counts_->synthesis_took(took);
    work_->worked(device_worker::synthesis, took);
  }
  void queue_depth(std::size_t clauses) override { counts_->queue_holds("synthesis", clauses); }
  void clause_dropped(errc reason) override {
    if (reason == errc::cancelled) {
      counts_->stale_dropped("synthesis");
    } else {
      counts_->error_answered(reason);
    }
  }

 private:
  std::shared_ptr<metrics> counts_;
  std::shared_ptr<workload> work_;
};

class language_counts final : public language_metrics {
 public:
  language_counts(std::shared_ptr<metrics> counts, std::shared_ptr<workload> work)
      : counts_{std::move(counts)}, work_{std::move(work)} {}
  void first_token(double seconds) override {
    counts_->first_token_after(nanoseconds{static_cast<std::int64_t>(seconds * 1e9)});
  }
  void prompt_tokens(int read, int cached) override {
    counts_->prompt_read(static_cast<std::uint64_t>(read), static_cast<std::uint64_t>(cached));
  }
  void tokens_generated(int count) override {
    counts_->tokens_written(static_cast<std::uint64_t>(count));
  }
  void step_finished(int tokens, nanoseconds took) override {
    counts_->batch_held(static_cast<std::size_t>(tokens));
    work_->worked(device_worker::generation, took);
  }
  void queue_depth(int requests) override {
    counts_->queue_holds("generation", static_cast<std::size_t>(requests));
  }
  void generation_failed(errc code) override {
    if (code == errc::cancelled) {
      counts_->stale_dropped("generation");
    } else {
      counts_->error_answered(code);
    }
  }
  void fell_back() override { counts_->engine_fell_back(); }

 private:
  std::shared_ptr<metrics> counts_;
  std::shared_ptr<workload> work_;
};

class transcription_counts final : public transcription_metrics {
 public:
  transcription_counts(std::shared_ptr<metrics> counts, std::shared_ptr<workload> work)
      : counts_{std::move(counts)}, work_{std::move(work)} {}
  void transcription_finished(nanoseconds, nanoseconds took, nanoseconds) override {
    counts_->transcription_took(took);
    work_->worked(device_worker::transcription, took);
  }
  void transcription_queue_depth(std::size_t attempts) override {
    counts_->queue_holds("transcription", attempts);
  }
  void transcription_dropped(errc reason) override {
    if (reason == errc::cancelled) {
      counts_->stale_dropped("transcription");
    } else {
      counts_->error_answered(reason);
    }
  }

 private:
  std::shared_ptr<metrics> counts_;
  std::shared_ptr<workload> work_;
};

std::string_view name_of(work_drop reason) {
  switch (reason) {
    case work_drop::cancelled:
      return "cancelled";
    case work_drop::expired:
      return "expired";
    case work_drop::overloaded:
      return "overloaded";
  }
  return "other";
}

class device_worker_counts final : public worker_metrics {
 public:
  device_worker_counts(std::shared_ptr<metrics> counts, const worker_labels& labels)
      : counts_{std::move(counts)}, own_{counts_->worker(labels)} {}
  void queue_depth(std::size_t requests) override { own_.queue_holds(requests); }
  void request_begun(nanoseconds waited) override { own_.request_waited(waited); }
  void batch_finished(std::size_t requests, nanoseconds took) override {
    own_.batch_took(requests, took);
  }
  void request_dropped(work_drop reason) override { own_.request_dropped(name_of(reason)); }

 private:
  std::shared_ptr<metrics> counts_;  // outlives own_
  worker_counts own_;
};

class feeling_counts final : public worker_metrics {
 public:
  feeling_counts(std::shared_ptr<metrics> counts, std::shared_ptr<workload> work,
                 const std::string& device)
      : of_device_{counts, {"emotion", device, "minilm"}}, work_{std::move(work)} {}
  void queue_depth(std::size_t requests) override { of_device_.queue_depth(requests); }
  void request_begun(nanoseconds waited) override { of_device_.request_begun(waited); }
  void batch_finished(std::size_t requests, nanoseconds took) override {
    of_device_.batch_finished(requests, took);
    work_->worked(device_worker::emotion, took);
  }
  void request_dropped(work_drop reason) override { of_device_.request_dropped(reason); }

 private:
  device_worker_counts of_device_;
  std::shared_ptr<workload> work_;
};

class store_counts final : public store_metrics {
 public:
  explicit store_counts(std::shared_ptr<metrics> counts) : counts_{std::move(counts)} {}
  void written(nanoseconds took) override { counts_->conversation_stored(took); }
  void write_failed(errc) override { counts_->store_failed(); }
  void write_refused() override { counts_->stale_write_refused(); }
  void snapshot_lost() override {
    out.error(
        "a conversation could not be stored and too many wait: it is lost when the process "
        "ends");
  }
  void waiting(std::size_t conversations) override { counts_->queue_holds("store", conversations); }
  void trouble(const error& reason, std::uint64_t times) override {
    out.warn("conversations cannot be stored",
             {{"reason", reason.message}, {"file", reason.where}, {"times", times}});
  }

 private:
  std::shared_ptr<metrics> counts_;
};

constexpr logger cluster_out{"cluster"};

class cluster_counts final : public cluster_metrics {
 public:
  explicit cluster_counts(std::shared_ptr<metrics> counts) : counts_{std::move(counts)} {}
  void lease_begun(const node_identity& node) override {
    counts_->lease_holds(true);
    cluster_out.info("in the cluster", {{"node", node.name.value},
                                        {"incarnation", std::to_string(node.incarnation.value)}});
  }
  void lease_renewed(nanoseconds took) override {
    counts_->lease_renewed(took);
    troubled_ = false;
  }
  void lease_trouble(const error& reason) override {
    counts_->lease_failed();
    // Once for each row of failures; the lease's end is told for itself.
    if (!troubled_) cluster_out.warn("no lease for now", {{"reason", reason.message}});
    troubled_ = true;
  }
  void lease_lost(const node_identity& node) override {
    counts_->lease_holds(false);
    counts_->lease_lost();
    cluster_out.error("the lease is lost: all conversations of this node end and go on elsewhere",
                      {{"node", node.name.value}});
  }
  void lease_fenced(std::uint32_t conversations, nanoseconds took) override {
    counts_->conversations_fenced(conversations, took);
    cluster_out.info("conversations ended with the lease",
                     {{"count", conversations}, {"ms", static_cast<int>(to_ms(took))}});
  }
  void peer_changed(const peer_change& change) override {
    if (change.event == peer_event::unknown) return;
    counts_->peer_changed(to_string(change.event));
    cluster_out.info("a node's state changed", {{"node", change.peer.name.value},
                                                {"event", to_string(change.event)},
                                                {"reason", change.reason}});
  }
  void peer_refused(const node_identity& peer, const std::string& why) override {
    cluster_out.error("a node was refused", {{"node", peer.name.value}, {"reason", why}});
  }
  void dial_failed(const node_identity& peer, const std::string& why) override {
    cluster_out.info("no link yet", {{"node", peer.name.value}, {"reason", why}});
  }
  void seed_failed(const std::string& address, const std::string& why) override {
    cluster_out.info("no node at a seed yet", {{"seed", address}, {"reason", why}});
  }
  void links(std::size_t count) override { counts_->cluster_links(count); }
  void drain_wanted(bool wanted) override {
    cluster_out.info(wanted ? "this node is drained: its conversations go to others"
                            : "this node takes conversations again");
  }
  void handing_over(const conversation_id& id, const node_name& to) override {
    counts_->conversation_handed_over();
    cluster_out.info("a conversation moves", {{"conversation", id.value}, {"to", to.value}});
  }
  void wish_dropped(const conversation_id& id, const node_name& wanted,
                    const std::string& why) override {
    cluster_out.warn("a conversation stays here, though it is wanted elsewhere",
                     {{"conversation", id.value}, {"node", wanted.value}, {"reason", why}});
  }
  void giving_away(std::uint32_t count, const node_name& to) override {
    counts_->conversations_given_away(count);
    cluster_out.info("conversations are given away to even the load",
                     {{"count", count}, {"to", to.value}});
  }

 private:
  std::shared_ptr<metrics> counts_;
  bool troubled_ = false;
};

constexpr logger relay_out{"relay"};

class relay_counts final : public relay_metrics {
 public:
  explicit relay_counts(std::shared_ptr<metrics> counts) : counts_{std::move(counts)} {}
  void piece_sent(std::size_t bytes) noexcept override { counts_->relay_piece_sent(bytes); }
  void waits_for_credit() noexcept override { counts_->relay_waited(); }
  void overflowed() noexcept override {
    counts_->relay_overflowed();
    relay_out.warn("more waits for the link to another node than may");
  }
  void piece_doubled() noexcept override { counts_->relay_piece_doubled(); }
  void broken(const error& reason) override {
    counts_->relay_broken();
    relay_out.error("a relay ends", {{"reason", reason.message}});
  }

 private:
  std::shared_ptr<metrics> counts_;
};

}  // namespace

std::shared_ptr<session_metrics> make_session_metrics(std::shared_ptr<metrics> counts) {
  return std::make_shared<session_counts>(std::move(counts));
}

std::shared_ptr<speech_metrics> make_speech_metrics(std::shared_ptr<metrics> counts,
                                                    std::shared_ptr<workload> work) {
  return std::make_shared<speech_counts>(std::move(counts), std::move(work));
}

std::shared_ptr<language_metrics> make_language_metrics(std::shared_ptr<metrics> counts,
                                                        std::shared_ptr<workload> work) {
  return std::make_shared<language_counts>(std::move(counts), std::move(work));
}

std::shared_ptr<transcription_metrics> make_transcription_metrics(std::shared_ptr<metrics> counts,
                                                                  std::shared_ptr<workload> work) {
  return std::make_shared<transcription_counts>(std::move(counts), std::move(work));
}

std::shared_ptr<worker_metrics> make_feeling_metrics(std::shared_ptr<metrics> counts,
                                                     std::shared_ptr<workload> work,
                                                     const std::string& device) {
  return std::make_shared<feeling_counts>(std::move(counts), std::move(work), device);
}

std::shared_ptr<worker_metrics> make_worker_metrics(std::shared_ptr<metrics> counts,
                                                    const worker_labels& labels) {
  return std::make_shared<device_worker_counts>(std::move(counts), labels);
}

std::shared_ptr<store_metrics> make_store_metrics(std::shared_ptr<metrics> counts) {
  return std::make_shared<store_counts>(std::move(counts));
}

std::shared_ptr<cluster_metrics> make_cluster_metrics(std::shared_ptr<metrics> counts) {
  return std::make_shared<cluster_counts>(std::move(counts));
}

std::shared_ptr<relay_metrics> make_relay_metrics(std::shared_ptr<metrics> counts) {
  return std::make_shared<relay_counts>(std::move(counts));
}

}  // namespace dhr
