#include "actors/conversation/openai_engine_actor.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "actors/conversation/chat_completions_codec.hpp"
#include "actors/conversation/tool_call_table.hpp"
#include "net/client/http_stream.hpp"
#include "net/client/sse_parser.hpp"

namespace dhr {
namespace {

// From the network's threads to the actor; they never leave the process. `attempt` tells the calls
// of a turn apart, so that what an abandoned call still says is not taken for the next one's.
struct http_piece {
  turn_id turn;
  int attempt = 0;
  std::string bytes;
};
struct http_end {
  turn_id turn;
  int attempt = 0;
  std::optional<error> problem;
};
struct try_again {
  turn_id turn;
  int attempt = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, http_piece& x) {
  return f(caf::meta::type_name("http_piece"), x.turn, x.attempt, x.bytes);
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, http_end& x) {
  return f(caf::meta::type_name("http_end"), x.turn, x.attempt, wire::maybe(x.problem));
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, try_again& x) {
  return f(caf::meta::type_name("try_again"), x.turn, x.attempt);
}

}  // namespace
}  // namespace dhr

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::http_piece)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::http_end)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::try_again)

namespace dhr {
namespace {

using openai_engine_impl =
    engine_actor::extend<caf::reacts_to<http_piece>, caf::reacts_to<http_end>,
                         caf::reacts_to<try_again>>;

struct engine_parts {
  boost::asio::io_context* io;
  openai_engine_config config;
  const clock* time;
  std::shared_ptr<language_metrics> metrics;
};

class openai_engine_state {
 public:
  static inline const char* name = "openai_engine";
  using pointer = openai_engine_impl::stateful_pointer<openai_engine_state>;

  openai_engine_state() = default;
  ~openai_engine_state() {
    for (auto& [turn, asked] : replies_) asked.call->cancel();
  }

  void start(pointer self, engine_parts parts) {
    self_ = self;
    parts_ = std::move(parts);
    url_ = completions_url(parts_.config.base_url);
  }

  void begin(const generate& request, const generation_client& client) {
    cancel(request.turn);
    pending fresh;
    fresh.client = client;
    fresh.body = encode_chat_request(request, parts_.config.model);
    fresh.asked = parts_.time->now();
    fresh.budget = request.budget;
    replies_.emplace(request.turn, std::move(fresh));
    parts_.config.device_metrics->request_begun(nanoseconds{0});
    call(request.turn);
  }

  void cancel(const turn_id& turn) {
    const auto found = replies_.find(turn);
    if (found == replies_.end()) return;
    found->second.call->cancel();
    found->second.call_begun.reset();
    fail_reply(found, {errc::cancelled, "the turn was interrupted", {}, {}});
  }

  void retry(const try_again& message) {
    if (current(message.turn, message.attempt) == replies_.end()) return;
    call(message.turn);
    tell_depth();
  }

  void take(const http_piece& message) {
    auto found = current(message.turn, message.attempt);
    if (found == replies_.end()) return;
    for (const auto& event : found->second.parser.push(message.bytes)) {
      const auto chunk = decode_chat_chunk(event);
      if (!chunk) return give_up_or_retry(found, chunk.assume_error());
      if (take_chunk(found, chunk.assume_value())) return;
    }
    if (found->second.parser.overflowed()) {
      found->second.call->cancel();
      fail_reply(found, {errc::failed, "the language server sent an endless event", url_, {}});
    }
  }

  void end(const http_end& message) {
    auto found = current(message.turn, message.attempt);
    if (found == replies_.end()) return;
    if (message.problem) return give_up_or_retry(found, *message.problem);
    // Some servers end the stream without [DONE].
    if (found->second.finish) return complete(found);
    give_up_or_retry(
        found, {errc::failed, "the language server ended in the middle of its reply", url_, {}});
  }

 private:
  struct pending {
    generation_client client;
    std::string body;
    mono_time asked;
    milliseconds budget;
    int attempt = 0;
    std::optional<mono_time> call_begun;  // nothing between two calls
    std::shared_ptr<http_stream_call> call;
    sse_parser parser;
    bool has_first_token = false;
    tool_call_numbering numbering;
    tool_call_table calls;
    std::optional<finish_reason> finish;
    token_usage usage;
  };
  using entry = std::unordered_map<turn_id, pending>::iterator;

  entry current(const turn_id& turn, int attempt) {
    const auto found = replies_.find(turn);
    return found != replies_.end() && found->second.attempt == attempt ? found : replies_.end();
  }

  void call(const turn_id& turn) {
    auto& asked = replies_.at(turn);
    asked.parser = sse_parser{};
    http_stream_request request{url_,
                                parts_.config.api_key,
                                asked.body,
                                parts_.config.connect_timeout,
                                parts_.config.first_token_timeout,
                                parts_.config.idle_timeout};
    const auto me = caf::actor_cast<caf::actor>(openai_engine_impl{self_});
    http_stream_handlers handlers;
    handlers.piece = [me, turn, attempt = asked.attempt](std::string_view bytes) {
      caf::anon_send(me, http_piece{turn, attempt, std::string{bytes}});
    };
    handlers.finished = [me, turn, attempt = asked.attempt](result<void> outcome) {
      http_end end{turn, attempt, {}};
      if (!outcome) end.problem = std::move(outcome).assume_error();
      caf::anon_send(me, std::move(end));
    };
    asked.call_begun = parts_.time->now();
    asked.call = post_stream(*parts_.io, std::move(request), std::move(handlers));
  }

  // True when the reply is over.
  bool take_chunk(entry found, const chat_chunk& chunk) {
    auto& asked = found->second;
    if (!chunk.text.empty()) {
      note_first_token(asked);
      self_->send(asked.client, token_piece{found->first, chunk.text});
    }
    for (const auto& delta : chunk.calls) {
      auto piece = asked.numbering.number(found->first, delta);
      if (auto taken = asked.calls.take(piece); !taken) {
        asked.call->cancel();
        fail_reply(found, std::move(taken).assume_error());
        return true;
      }
      note_first_token(asked);
      self_->send(asked.client, std::move(piece));
    }
    if (chunk.usage) asked.usage = *chunk.usage;
    if (chunk.finish) asked.finish = chunk.finish;
    if (!chunk.done) return false;
    asked.call->cancel();
    complete(found);
    return true;
  }

  void note_first_token(pending& asked) {
    if (std::exchange(asked.has_first_token, true)) return;
    parts_.metrics->first_token(to_ms(parts_.time->now() - asked.asked) / 1'000);
  }

  void end_call(pending& asked) {
    const auto begun = std::exchange(asked.call_begun, std::nullopt);
    if (begun) parts_.config.device_metrics->batch_finished(1, parts_.time->now() - *begun);
  }

  void tell_depth() {
    const auto waiting = std::count_if(replies_.begin(), replies_.end(), [](const auto& each) {
      return !each.second.call_begun.has_value();
    });
    parts_.config.device_metrics->queue_depth(static_cast<std::size_t>(waiting));
  }

  void complete(entry found) {
    auto& asked = found->second;
    end_call(asked);
    if (auto whole = end_calls(found->first, asked); !whole) {
      return fail_reply(found, std::move(whole).assume_error());
    }
    parts_.metrics->prompt_tokens(asked.usage.input_tokens - asked.usage.cached_tokens,
                                  asked.usage.cached_tokens);
    parts_.metrics->tokens_generated(asked.usage.output_tokens);
    // Some servers end a reply that calls functions with "stop".
    const auto reason = asked.calls.calls().empty() ? asked.finish.value_or(finish_reason::stop)
                                                    : finish_reason::tool_calls;
    self_->send(asked.client, generation_done{found->first, asked.usage, reason});
    replies_.erase(found);
  }

  // Some servers leave the arguments of a function that takes none empty.
  result<void> end_calls(const turn_id& turn, pending& asked) {
    for (std::uint32_t i = 0; i < asked.calls.calls().size(); ++i) {
      if (!asked.calls.calls()[i].arguments.empty()) continue;
      tool_call_piece nothing{turn, i, {}, {}, "{}"};
      DHR_TRY(asked.calls.take(nothing));
      self_->send(asked.client, std::move(nothing));
    }
    return asked.calls.check();
  }

  void give_up_or_retry(entry found, error problem) {
    auto& asked = found->second;
    asked.call->cancel();
    end_call(asked);
    // A server that hangs is not asked again: the time is better spent on the fall-back.
    const bool worth_it = problem.code == errc::unavailable;
    const auto wait = std::max(backoff(found->first, asked.attempt),
                               problem.retry_after.value_or(milliseconds{0}));
    const bool in_time = parts_.time->now() - asked.asked + wait < asked.budget;
    if (asked.has_first_token || !worth_it || asked.attempt >= parts_.config.retries || !in_time) {
      return fail_reply(found, std::move(problem));
    }
    ++asked.attempt;
    self_->delayed_send(self_, wait, try_again{found->first, asked.attempt});
    tell_depth();
  }

  // Doubled each time; the turn's own hash spreads those that failed together by up to a half.
  [[nodiscard]] milliseconds backoff(const turn_id& turn, int attempt) const {
    const auto base = parts_.config.backoff * (1 << attempt);
    const auto spread = static_cast<std::int64_t>(std::hash<turn_id>{}(turn) % 512);
    return base + base * spread / 1'024;
  }

  void fail_reply(entry found, error problem) {
    end_call(found->second);
    parts_.metrics->generation_failed(problem.code);
    if (const auto drop = drop_of(problem.code)) {
      parts_.config.device_metrics->request_dropped(*drop);
    }
    self_->send(found->second.client, generation_failed{found->first, std::move(problem)});
    replies_.erase(found);
    tell_depth();
  }

  pointer self_ = nullptr;
  engine_parts parts_{};
  std::string url_;
  std::unordered_map<turn_id, pending> replies_;
};

openai_engine_impl::behavior_type openai_engine(openai_engine_state::pointer self,
                                                engine_parts parts) {
  self->state.start(self, std::move(parts));
  return {
      [=](const generate& m, const generation_client& client) { self->state.begin(m, client); },
      [=](const cancel_generation& m) { self->state.cancel(m.turn); },
      [](const prefill&) {},  // the API has nothing for it but a paid reply
      [=](const http_piece& m) { self->state.take(m); },
      [=](const http_end& m) { self->state.end(m); },
      [=](const try_again& m) { self->state.retry(m); },
  };
}

}  // namespace

engine_actor spawn_openai_engine(caf::actor_system& system, boost::asio::io_context& io,
                                 openai_engine_config config, const clock& time,
                                 std::shared_ptr<language_metrics> metrics) {
  return system.spawn(openai_engine,
                      engine_parts{&io, std::move(config), &time, std::move(metrics)});
}

std::string completions_url(std::string base_url) {
  while (base_url.ends_with('/')) base_url.pop_back();
  if (!base_url.ends_with("/v1")) base_url += "/v1";
  return base_url + "/chat/completions";
}

}  // namespace dhr
