#pragma once
// What the process counts, for Prometheus. Bumped by intent; the families' names are in metrics.cpp
// and in docs. Thread-safe; every bump is a few atomic operations and never throws.
//
// Labels are the small closed sets below. A name outside its set is counted as "other".

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/base/clock.hpp"
#include "runtime/base/device_counts.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/worker_counts.hpp"

namespace dhr {

namespace metric_labels {

inline constexpr std::array<std::string_view, 3> interaction_types{"text", "voice", "other"};
inline constexpr std::array<std::string_view, 5> turn_statuses{"completed", "cancelled", "failed",
                                                               "incomplete", "other"};
inline constexpr std::array<std::string_view, 8> queues{
    "generation", "synthesis", "transcription", "conversation",
    "session",    "outbox",    "store",         "other"};
inline constexpr std::array<std::string_view, 6> children{"conversation", "voice",   "avatar",
                                                          "ears",         "emotion", "other"};
inline constexpr std::array<std::string_view, 5> ignored_speech{"no_words", "back_channel", "echo",
                                                                "cleared", "other"};
inline constexpr std::array<std::string_view, 5> workers{"generation", "synthesis", "transcription",
                                                         "emotion", "other"};
inline constexpr std::array<std::string_view, 4> work_drops{"cancelled", "expired", "overloaded",
                                                            "other"};
inline constexpr std::array<std::string_view, 3> event_loops{"actors", "network", "other"};
inline constexpr std::array<std::string_view, 4> admissions{"granted", "refused", "expired",
                                                            "other"};
inline constexpr std::array<std::string_view, 8> peer_events{
    "found", "heard", "suspected", "recovered", "draining", "refused", "gone", "other"};
inline constexpr std::array<std::string_view, 3> prompt_sources{"read", "cached", "other"};
inline constexpr std::array<std::string_view, 8> close_reasons{
    "client", "drained", "session_ended", "slow", "silent", "too_large", "protocol", "other"};

}  // namespace metric_labels

class metrics {
 public:
  metrics();
  ~metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  void session_began() noexcept;
  void session_ended() noexcept;
  void connection_opened() noexcept;
  void connection_closed(std::string_view reason) noexcept;

  // From the client's request to the end of the reply; `type` of the interaction.
  void response_took(std::string_view type, nanoseconds duration) noexcept;
  void turn_ended(std::string_view status) noexcept;
  void turn_interrupted() noexcept;
  void first_token_after(nanoseconds since_request) noexcept;
  void first_audio_after(nanoseconds since_request) noexcept;
  void synthesis_took(nanoseconds duration) noexcept;      // of one clause
  void transcription_took(nanoseconds duration) noexcept;  // of one utterance or a part of it
  // Of a spoken request, from the end of the speech: until that was decided, and until its words
  // were known.
  void heard_after(nanoseconds endpointing, nanoseconds transcription) noexcept;
  void speech_ignored(std::string_view reason) noexcept;
  void answer_resumed() noexcept;                     // after speech that was none
  void foresight_ended(bool was_right) noexcept;      // an answer thought ahead was used, or not
  void tokens_written(std::uint64_t count) noexcept;  // by an engine
  // The prompt of one reply: tokens that were read and those whose prefix was kept.
  void prompt_read(std::uint64_t anew, std::uint64_t kept) noexcept;
  void batch_held(std::size_t items) noexcept;  // in one step of the language model

  // A message of an old turn was dropped at a queue.
  void stale_dropped(std::string_view queue) noexcept;
  void chunk_late() noexcept;
  void queue_holds(std::string_view queue, std::size_t items) noexcept;
  void child_restarted(std::string_view child) noexcept;
  void engine_fell_back() noexcept;
  void error_answered(errc code) noexcept;

  void client_resumed(bool whole) noexcept;  // it came back; false: something was missing
  void client_taken_over() noexcept;         // its conversation went on here, unasked
  void turn_answered_again() noexcept;       // from what is kept, under its key
  void turn_told_unstored() noexcept;        // its end, since the store was late
  void conversation_passivated() noexcept;   // it was stored and ended for its client's silence
  void conversation_reactivated(nanoseconds duration) noexcept;  // from the client's next word
  void conversation_stored(nanoseconds duration) noexcept;
  void store_failed() noexcept;
  void stale_write_refused() noexcept;                  // of an owner that was replaced
  [[nodiscard]] std::size_t sessions() const noexcept;  // that have begun and not ended

  void lease_holds(bool held) noexcept;  // whether the node has its place in the cluster
  [[nodiscard]] bool has_lease() const noexcept;
  void lease_renewed(nanoseconds duration) noexcept;
  void lease_failed() noexcept;                    // an attempt; it is tried again
  void cluster_links(std::size_t nodes) noexcept;  // that this one is connected to
  [[nodiscard]] std::uint32_t linked_nodes() const noexcept;
  void peer_changed(std::string_view event) noexcept;
  void lease_lost() noexcept;
  // Which ended with a lease, all together within `took`.
  void conversations_fenced(std::size_t count, nanoseconds took) noexcept;
  void node_drained(bool drained) noexcept;                   // at an operator's wish
  void conversation_handed_over() noexcept;                   // as somebody, or the balance, wished
  void conversations_given_away(std::size_t count) noexcept;  // the balance wishes it

  void worker_busy(std::string_view worker, double share) noexcept;  // of the last seconds
  // The counts of one device worker, which must not outlive this. The same labels give the same.
  [[nodiscard]] worker_counts worker(const worker_labels& labels);
  // Of the process's devices and models; must not outlive this, and one is made.
  [[nodiscard]] std::unique_ptr<device_counts> devices();
  void loop_lags(std::string_view loop, nanoseconds lag) noexcept;
  void node_healthy(bool healthy) noexcept;
  void slots_taken(std::size_t count) noexcept;  // by conversations and those on their way
  // All slots so far that were given, refused, or given and not used in time.
  void admissions_so_far(std::uint64_t granted, std::uint64_t refused,
                         std::uint64_t expired) noexcept;

  // Between a client's node and its conversation's.
  void relay_piece_sent(std::size_t bytes) noexcept;
  void relay_waited() noexcept;  // for the other end to take what was sent
  void relay_overflowed() noexcept;
  void relay_piece_doubled() noexcept;
  void relay_broken() noexcept;  // the other end sent what no relay sends

  void emotion_accuracy(double share) noexcept;  // of the calibration; the family comes with it

  // Percent, of a device that exists; the family appears with the first of them.
  void gpu_utilization(int device, double percent) noexcept;

  // All families in the Prometheus text format 0.0.4.
  [[nodiscard]] std::string scrape() const;

 private:
  struct families;
  std::unique_ptr<families> families_;
};

}  // namespace dhr
