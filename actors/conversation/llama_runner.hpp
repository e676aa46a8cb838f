#pragma once
// Computes the replies of many conversations together: each step reads or writes a few tokens of
// every reply in one batch, since the weights, whose reading costs the time, are then read once for
// all. The adapter around llama.cpp's computing half.
//
// A long prompt is read in chunks, so that the replies that are being written go on meanwhile.

#include <memory>
#include <string>
#include <vector>

#include "actors/conversation/language_model.hpp"
#include "actors/conversation/messages.hpp"
#include "actors/conversation/reply_writer.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct llama_config {
  std::string model_path;
  int threads = 2;
  int opening_threads = 2;    // while one reply alone has written no clause yet
  int context_tokens = 4096;  // cells of the cache, shared by all sequences
  int sequences_max = 16;     // conversations whose prefix is kept; that many replies at a time
  int personas_max = 4;       // system messages whose cache is kept
  int batch_tokens = 128;     // most tokens of a step; the longest wait of a cancel
  int chunk_tokens = 32;      // most prompt tokens of a step in which others write
  int queue_max = 256;        // requests waiting for a sequence
  repeat_penalty penalty;
};

struct llama_step {
  int tokens = 0;                  // computed together
  int requests = 0;                // that these tokens are of
  std::vector<nanoseconds> waits;  // of the requests that began: from `submit` to their sequence
};

// Lives on: one thread at a time. Owned by: the language worker.
class llama_runner {
 public:
  // Loads the model. errc::unavailable if it can't be loaded, errc::invalid_argument for limits
  // that make no sense.
  [[nodiscard]] static result<std::unique_ptr<llama_runner>> load(const llama_config& config);
  ~llama_runner();
  llama_runner(const llama_runner&) = delete;
  llama_runner& operator=(const llama_runner&) = delete;

  // Reads a system message now, so that conversations with it need not; takes about 2 ms a token.
  // Only while idle.
  [[nodiscard]] result<void> warm_up(const std::string& system_message);

  // Queues a request. errc::overloaded with retry_after if the queue is full,
  // errc::invalid_argument if the prompt can never fit or its tools make no grammar. A request of
  // the same conversation that is not finished ends with errc::cancelled; its event comes with the
  // next step.
  //
  // A reply either speaks or calls one function, with arguments of the tool's schema. After a
  // function's output a model that may choose speaks, since a small one would call again for ever.
  [[nodiscard]] result<void> submit(const generate& request, mono_time now);

  // Reads a prompt's beginning into its conversation's sequence, in small steps and only while
  // there is no reply to compute: otherwise, and with the next `submit` or `prepare`, it is
  // forgotten; what was read until then is kept. No event comes of it.
  void prepare(const prefill& hint, mono_time now);

  // Ends a request; true if it was known. No event of it will come.
  [[nodiscard]] bool cancel(const turn_id& turn);

  // Computes one batch, if there is something to compute, and returns what came of it.
  [[nodiscard]] std::vector<generation_event> step(mono_time now);

  // Nothing to compute and no event to fetch: `step` need not be called until the next `submit`.
  [[nodiscard]] bool is_idle() const;

  [[nodiscard]] int queued() const;
  // What the last call of `step` did.
  [[nodiscard]] const llama_step& last_step() const;
  [[nodiscard]] const std::shared_ptr<const language_model>& model() const;

 private:
  struct impl;
  explicit llama_runner(std::unique_ptr<impl> implementation);
  std::unique_ptr<impl> impl_;
};

}  // namespace dhr
