#include "actors/emotion/emotion_reader_actor.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "actors/emotion/reading_worker_actor.hpp"
#include "actors/emotion/readings_under_way.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// A rest is over.
using rested_atom = caf::atom_constant<caf::atom("rested")>;
using reader_impl = emotion_readers_actor::extend_with<reading_worker_client>::extend_with<
    reader_loading_client>::extend<caf::reacts_to<rested_atom, std::uint64_t>>;

// A request is given to no more than so many devices that fail.
constexpr int moves_max = 3;

using under_way = readings_under_way<emotion_reader_client>;

// Lives on: the scheduler. Owned by: its actor.
class readers_state {
 public:
  static inline const char* name = "emotion_reader";
  using pointer = reader_impl::stateful_pointer<readers_state>;

  readers_state() = default;

  void start(pointer self, worker_spawn workers, emotion_reader_options options) {
    self_ = self;
    workers_ = workers;
    options_ = std::move(options);
    model_ = options_.model;
    const auto cpu = std::ranges::find(options_.devices, compute_device{}, &reading_device::device);
    DHR_ASSERT(model_ && options_.time && cpu != options_.devices.end());
    last_resort_ = static_cast<std::size_t>(cpu - options_.devices.begin());
    placement_.emplace(options_.devices.size(), last_resort_, options_.cpu_is_wanted,
                       options_.placement);
    cancelled_ = cancelled_turns{options_.queue.cancellations_max};
    for (std::size_t i = 0; i < options_.devices.size(); ++i) {
      slots_.push_back(slot{device_health{options_.rests}});
      load(i);
    }
    self_->set_down_handler([self](const caf::down_msg& x) { self->state.ended(x.source); });
    self_->set_exit_handler([self](const caf::exit_msg& x) { self->state.quit(x.reason); });
  }

  void accept(const read_emotion& request, const emotion_reader_client& client) {
    watch(client, request.turn.conversation);
    if (cancelled_.holds(request.turn)) {
      return refuse(request, client, {errc::cancelled, "the turn was cancelled", {}, {}});
    }
    under_way::reading one{request, client, now() + request.budget};
    one.place = placement_->begin(request.turn.conversation, now());
    if (!slots_[one.place].worker && placement_->waiting(one.place) > options_.queue.depth_max) {
      placement_->end(request.turn.conversation);
      return refuse(request, client,
                    {errc::overloaded,
                     "too many requests wait until the device is ready",
                     {},
                     options_.queue.retry_after});
    }
    give(std::move(one));
  }

  void cancel(const cancel_feeling& message) {
    cancelled_.remember(message.turn);
    under_way_.cancel(message.turn);
    const auto home = placement_->home_of(message.turn.conversation);
    if (home && slots_[*home].worker) self_->send(slots_[*home].worker, message);
  }

  template <class Answer>
  void answer(std::uint64_t number, const Answer& message) {
    const auto asked = under_way_.end(number);
    if (!asked) return;
    placement_->end(asked->request.turn.conversation);
    self_->send(asked->client, message);
  }

  void failed(const worker_failed& message) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].worker_id == message.worker) take_out(i, message.why, message.reason);
    }
  }

  // A worker or a client is gone.
  void ended(const caf::actor_addr& source) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].worker && slots_[i].worker.address() == source) {
        return take_out(i, device_failure::worker_ended,
                        {errc::failed, "its worker ended by itself", {}, {}});
      }
    }
    const auto known = clients_.extract(source);
    if (!known.empty()) forget(known.mapped());
  }

  void rested(std::uint64_t place) {
    const auto due = slots_.at(place).health.due_at();
    if (due && *due <= now()) load(place);
  }

  void loaded(const loading_done& message) {
    auto& made = *message.made;
    if (made.job == exchange_job_) return exchange_all(made);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].job == made.job) return loaded(i, made);
    }
  }

  void reload() {
    if (!options_.open) return;
    if (exchange_job_ != 0) {
      look_again_ = true;
      return;
    }
    load_order order;
    order.open = options_.open;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].worker) order.parts.push_back(part_of(i));
    }
    exchange_job_ = send(std::move(order));
  }

  void quit(const caf::error& reason) {
    for (const auto& one : slots_) {
      if (one.worker) self_->send_exit(one.worker, reason);
    }
    self_->quit(reason);
  }

 private:
  struct slot {
    device_health health;
    reading_worker_actor worker;                 // null: none that could work
    std::uint64_t worker_id = 0;                 // 0: none
    std::shared_ptr<const emotion_model> model;  // of the worker's reader
    std::uint64_t entry = 0;                     // of that in the registry of models; 0: none
    std::uint64_t job = 0;                       // of what loads a reader for it; 0: none
  };

  mono_time now() const noexcept { return options_.time->now(); }
  const compute_device& device_of(std::size_t place) const {
    return options_.devices[place].device;
  }

  void watch(const emotion_reader_client& client, const conversation_id& conversation) {
    if (clients_.try_emplace(client.address(), client, conversation).second) self_->monitor(client);
  }

  void forget(const std::pair<emotion_reader_client, conversation_id>& gone) {
    const auto& [client, conversation] = gone;
    for (auto left = under_way_.take_of(client).size(); left > 0; --left) {
      placement_->end(conversation);
    }
    if (!under_way_.has_of(conversation)) placement_->forget(conversation);
  }

  void refuse(const read_emotion& request, const emotion_reader_client& client, error reason) {
    const auto& metrics = options_.devices[last_resort_].metrics;
    if (const auto drop = drop_of(reason.code)) metrics->request_dropped(*drop);
    self_->send(client, reading_failed{request.turn, request.index, std::move(reason)});
  }

  // To its device's worker, or to wait for one.
  void give(under_way::reading one) {
    const auto place = one.place;
    const auto request = slots_[place].worker ? one.request_at(now()) : read_emotion{};
    const auto number = under_way_.add(std::move(one));
    if (slots_[place].worker) self_->send(slots_[place].worker, number, request);
  }

  void move(under_way::reading one) {
    const auto& conversation = one.request.turn.conversation;
    if (one.is_cancelled) {
      return refuse(one.request, one.client, {errc::cancelled, "the turn was cancelled", {}, {}});
    }
    if (++one.moves > moves_max) {
      return refuse(one.request, one.client,
                    {errc::failed, "each device that had it failed", {}, {}});
    }
    // What may be to blame itself does not get the next card as well.
    if (one.moves > 1) {
      placement_->begin_at(last_resort_, conversation, now());
      one.place = last_resort_;
    } else {
      one.place = placement_->begin(conversation, now());
    }
    give(std::move(one));
  }

  void take_out(std::size_t place, device_failure why, const error& reason) {
    auto& one = slots_[place];
    const auto entry = std::exchange(one.entry, 0);
    one.worker = nullptr;
    one.worker_id = 0;
    one.model = nullptr;
    one.job = 0;  // what is loaded beside a worker that failed is not trusted
    fail(place, why);
    auto left = under_way_.take_from(place);
    if (place == last_resort_) {
      for (const auto& each : left) placement_->end(each.request.turn.conversation);
    } else {
      placement_->take_out(place);
    }
    options_.watch->device_failed(device_of(place), why, reason, left.size());
    if (place == last_resort_) {
      options_.models->remove(entry);
      load(place);
    } else {
      after_failure(place, entry);
    }
    for (auto& each : left) move(std::move(each));
  }

  // The CPU is never lost.
  void fail(std::size_t place, device_failure why) {
    const bool stays = place == last_resort_ && why == device_failure::unusable;
    slots_[place].health.failed(stays ? device_failure::fault : why, now());
  }

  void after_failure(std::size_t place, std::uint64_t entry) {
    auto& one = slots_[place];
    const bool is_lost = one.health.state() == device_state::lost;
    if (entry != 0) {
      const auto state = is_lost ? model_state::retired : model_state::resting;
      options_.models->change(entry, state, options_.time->wall_now());
      if (!is_lost) one.entry = entry;
    }
    options_.watch->device_is(device_of(place), one.health.state());
    if (const auto due = one.health.due_at()) {
      self_->delayed_send(self_, *due - now(), rested_atom::value, std::uint64_t{place});
    }
  }

  // What waits for a device that does not come: the last resort, since no other is waited for.
  void give_up(std::size_t place, const error& reason) {
    for (const auto& one : under_way_.take_from(place)) {
      placement_->end(one.request.turn.conversation);
      refuse(one.request, one.client, {errc::unavailable, reason.message, {}, {}});
    }
  }

  load_order::part part_of(std::size_t place) const {
    return {place, device_of(place), options_.devices[place].batches.buckets};
  }

  std::uint64_t send(load_order order) {
    order.job = ++last_job_;
    order.running = model_;
    order.models = options_.models;
    order.time = options_.time;
    spawn_reader_loading(self_->system(), workers_, reader_loading_client{self_}, std::move(order));
    return last_job_;
  }

  void load(std::size_t place) {
    auto& one = slots_[place];
    if (!one.worker) {
      options_.models->remove(std::exchange(one.entry, 0));
      one.health.warm_again();
      options_.watch->device_is(device_of(place), device_state::warming);
    }
    load_order order;
    order.parts.push_back(part_of(place));
    one.job = send(std::move(order));
  }

  // One device's reader.
  void loaded(std::size_t place, loaded_readers& made) {
    auto& one = slots_[place];
    one.job = 0;
    if (made.problem) {
      if (one.worker) return options_.watch->model_refused(*made.problem);
      const auto why = failure_of(made.problem->code).value_or(device_failure::fault);
      fail(place, why);
      options_.watch->device_failed(device_of(place), why, *made.problem, 0);
      after_failure(place, 0);
      return give_up(place, *made.problem);
    }
    if (made.model == model_) return install(made.readers.front());
    // Another version came into force meanwhile.
    options_.models->remove(made.readers.front().entry);
    load(place);
  }

  // The reader is of the version in force.
  void install(loaded_reader& fresh) {
    const auto place = fresh.place;
    auto& one = slots_[place];
    if (one.entry != 0)
      options_.models->change(one.entry, model_state::retired, options_.time->wall_now());
    one.entry = fresh.entry;
    one.model = model_;
    options_.models->change(fresh.entry, model_state::ready, options_.time->wall_now());
    if (one.worker) {
      auto inside = std::make_shared<reader_parcel::content>();
      inside->reader = std::move(fresh.reader);
      inside->thresholds = model_->thresholds();
      return self_->send(one.worker, reader_parcel{std::move(inside)});
    }
    start_worker(place, std::move(fresh.reader));
  }

  void start_worker(std::size_t place, std::unique_ptr<sentence_reader> reader) {
    auto& one = slots_[place];
    const auto& wanted = options_.devices[place];
    reading_worker_options worker;
    worker.id = ++last_worker_;
    worker.reader = std::move(reader);
    worker.thresholds = model_->thresholds();
    worker.batches = wanted.batches;
    worker.queue = options_.queue;
    worker.time = options_.time;
    worker.metrics = wanted.metrics;
    worker.is_last_resort = place == last_resort_;
    one.worker_id = worker.id;
    one.worker = spawn_reading_worker(self_->system(), workers_, reading_worker_client{self_},
                                      std::move(worker));
    self_->monitor(one.worker);
    one.health.warmed(now());
    placement_->now_ready(place);
    options_.watch->device_is(wanted.device, device_state::ready);
    under_way_.for_each_at(place, [&](std::uint64_t number, const under_way::reading& each) {
      self_->send(one.worker, number, each.request_at(now()));
    });
  }

  // Another version for all devices that worked when its loading began.
  void exchange_all(loaded_readers& made) {
    exchange_job_ = 0;
    if (made.problem) {
      options_.watch->model_refused(*made.problem);
    } else if (!made.model) {
      options_.watch->model_unchanged(model_->facts());
    } else {
      const auto before = std::exchange(model_, made.model);
      for (auto& fresh : made.readers) {
        if (slots_[fresh.place].worker) {
          install(fresh);
        } else {
          options_.models->remove(fresh.entry);
        }
      }
      options_.watch->model_exchanged(before->facts(), model_->facts(), model_->accuracy());
      for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].worker && slots_[i].model != model_) load(i);
      }
    }
    if (std::exchange(look_again_, false)) reload();
  }

  pointer self_ = nullptr;
  worker_spawn workers_ = worker_spawn::detached;
  emotion_reader_options options_;
  std::shared_ptr<const emotion_model> model_;  // in force
  std::size_t last_resort_ = 0;
  std::vector<slot> slots_;  // as options_.devices
  std::optional<device_placement> placement_;
  under_way under_way_;
  cancelled_turns cancelled_;
  // Those that are monitored, with their conversation.
  std::unordered_map<caf::actor_addr, std::pair<emotion_reader_client, conversation_id>> clients_;
  std::uint64_t last_worker_ = 0;
  std::uint64_t last_job_ = 0;
  std::uint64_t exchange_job_ = 0;  // 0: none
  bool look_again_ = false;         // for another version, when that is done
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
reader_impl::behavior_type readers_behavior(readers_state::pointer self, worker_spawn workers,
                                            std::shared_ptr<emotion_reader_options> options) {
  self->state.start(self, workers, std::move(*options));
  return {[self](const read_emotion& request, const emotion_reader_client& client) {
            self->state.accept(request, client);
          },
          [self](const cancel_feeling& x) { self->state.cancel(x); },
          [self](reload_model_atom) { self->state.reload(); },
          [self](std::uint64_t number, const emotion_read& x) { self->state.answer(number, x); },
          [self](std::uint64_t number, const reading_failed& x) { self->state.answer(number, x); },
          [self](const worker_failed& x) { self->state.failed(x); },
          [self](const loading_done& x) { self->state.loaded(x); },
          [self](rested_atom, std::uint64_t place) { self->state.rested(place); }};
}

}  // namespace

emotion_readers_actor spawn_emotion_reader(caf::actor_system& system, worker_spawn workers,
                                           emotion_reader_options options) {
  return system.spawn(readers_behavior, workers,
                      std::make_shared<emotion_reader_options>(std::move(options)));
}

}  // namespace dhr
