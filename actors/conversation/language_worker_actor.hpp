#pragma once
// The engine "embedded": a device worker that alone touches the language model. Between two steps
// of the model it reads its mailbox, since each step is a message that it sends to itself; so a
// cancel or a new request waits for one step at most.

#include <memory>
#include <unordered_map>

#include "actors/conversation/actors.hpp"
#include "actors/conversation/language_metrics.hpp"
#include "actors/conversation/llama_runner.hpp"
#include "gpu/service_pace.hpp"
#include "gpu/worker_metrics.hpp"

namespace dhr {

using language_step_atom = caf::atom_constant<caf::atom("step")>;
// The interface with the actor's message to itself.
using language_worker_impl = engine_actor::extend<caf::reacts_to<language_step_atom>>;

struct language_worker_parts {
  std::shared_ptr<llama_runner> runner;  // touched by nobody else once the worker is spawned
  std::shared_ptr<language_metrics> metrics;
  const clock* time;  // outlives the actor system
  std::shared_ptr<worker_metrics> device_metrics = std::make_shared<no_worker_metrics>();
};

// Lives on: the worker's own thread. Owned by: its actor.
class language_worker_state {
 public:
  static inline const char* name = "language_worker";
  using pointer = language_worker_impl::stateful_pointer<language_worker_state>;

  void start(pointer self, language_worker_parts parts);
  void begin(const generate& request, const generation_client& client);
  void cancel(const turn_id& turn);
  void prepare(const prefill& hint);
  void step();

 private:
  struct reply {
    generation_client client;
    mono_time asked;
    bool has_first_token = false;
  };
  template <class Piece>
  void deliver_piece(const Piece& piece);
  void deliver(const token_piece& piece) { deliver_piece(piece); }
  void deliver(const tool_call_piece& piece) { deliver_piece(piece); }
  void deliver(const generation_done& done);
  void deliver(const generation_failed& failed);
  void refuse(const generate& request, const generation_client& client, error reason);
  void count_failure(errc code);
  void count_step(nanoseconds took);
  void wake();

  pointer self_ = nullptr;
  language_worker_parts parts_;
  std::unordered_map<turn_id, reply> replies_;
  std::size_t worked_off_ = 0;  // replies, in this step
  service_pace pace_;   // of whole replies
  bool awake_ = false;  // a step message is on its way
};

// Spawn with: system.spawn<caf::detached>(language_worker, parts), or without caf::detached on a
// test's scheduler.
language_worker_impl::behavior_type language_worker(language_worker_state::pointer self,
                                                    language_worker_parts parts);

}  // namespace dhr
