#include "actors/conversation/llama_runner.hpp"

#include <llama.h>

#include <algorithm>
#include <deque>

#include "actors/conversation/llama_context.hpp"
#include "actors/conversation/token_batch.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

constexpr int clause_tokens = 14;  // without a mark a first clause is not much longer

enum class job_purpose { reply, warm_up, prefill };

struct job {
  job_purpose purpose = job_purpose::reply;
  generate request;
  mono_time asked;
  mono_time deadline;
  std::vector<language_token> prompt;
  int persona = 0;    // tokens of the prompt that the system message takes
  int reply_max = 0;  // 0: only reads its prompt
  int sequence = -1;  // -1: queued
  int cached = 0;
  int taken = 0;       // prompt tokens in this step's batch
  int logits_at = -1;  // where in the batch its next token is decided
  language_token next = 0;
  bool writing = false;
  bool over = false;
  bool has_clause = false;             // has written a mark where a voice may begin
  std::optional<reply_writer> writer;  // none: only reads
};

}  // namespace

struct llama_runner::impl {
  llama_config config;
  std::shared_ptr<const language_model> model;
  llama_context_pointer context;
  llama_cache cache;
  sequence_table table;
  token_batch batch;
  std::deque<job> jobs;  // in the order of arrival
  std::vector<generation_event> events;
  llama_step last;

  impl(const llama_config& c, std::shared_ptr<const language_model> m, ::llama_context* ctx)
      : config{c},
        model{std::move(m)},
        context{ctx},
        cache{ctx},
        table{{c.sequences_max, c.personas_max, c.context_tokens}, cache},
        batch{c.batch_tokens} {}

  result<void> enqueue(job_purpose purpose, const generate& request, int reply_max, mono_time now);
  void end_prefills();
  void admit_queued(mono_time now);
  void expire(mono_time now);
  void fill_batch();
  void read_chunk(job& j, int tokens_max);
  void after_decode();
  void write(job& j);
  void end(job& j, generation_event event);
  void abort_batch(int code);
  [[nodiscard]] int threads_now() const;
  void sweep();
  [[nodiscard]] bool waits_for_persona(const job& j) const;
  [[nodiscard]] int persona_length(const std::vector<chat_message>& messages,
                                   const std::vector<language_token>& prompt) const;
  std::vector<generation_event> step(mono_time now);
};

// How many tokens of the prompt depend on the system message alone.
int llama_runner::impl::persona_length(const std::vector<chat_message>& messages,
                                       const std::vector<language_token>& prompt) const {
  if (messages.empty() || messages[0].role != "system") return 0;
  auto alone = model->tokenize_chat({messages[0]}, false);
  if (!alone) return 0;
  const auto& tokens = alone.value();
  const auto end = std::mismatch(tokens.begin(), tokens.end(), prompt.begin(), prompt.end());
  return static_cast<int>(end.first - tokens.begin());
}

result<void> llama_runner::impl::enqueue(job_purpose purpose, const generate& request,
                                         int reply_max, mono_time now) {
  const auto messages = plain_messages(request);
  DHR_TRY(auto prompt, model->tokenize_chat(messages, reply_max > 0));
  const int length = static_cast<int>(prompt.size());
  if (length == 0 || length + std::min(reply_max, 1) > config.context_tokens) {
    return fail(errc::invalid_argument,
                "the prompt has " + std::to_string(length) + " tokens and the model's context " +
                    std::to_string(config.context_tokens) + "; shorten the conversation",
                "messages");
  }
  job j;
  j.purpose = purpose;
  j.request = request;
  j.asked = now;
  j.deadline = now + request.budget;
  j.persona = persona_length(messages, prompt);
  j.reply_max = std::min(reply_max, config.context_tokens - length);
  j.prompt = std::move(prompt);
  if (reply_max > 0) {
    DHR_TRY(auto writer, reply_writer::make(model, request, config.penalty, j.reply_max));
    j.writer = std::move(writer);
  }
  jobs.push_back(std::move(j));
  return ok();
}

// Another conversation is just reading the same system message: better to wait and copy it.
bool llama_runner::impl::waits_for_persona(const job& j) const {
  if (j.persona == 0 || table.persona_match(j.prompt) >= j.persona) return false;
  return std::any_of(jobs.begin(), jobs.end(), [&](const job& other) {
    return other.sequence >= 0 && !other.over && !other.writing && other.persona == j.persona &&
           table.length(other.sequence) < other.persona &&
           std::equal(j.prompt.begin(), j.prompt.begin() + j.persona, other.prompt.begin());
  });
}

void llama_runner::impl::admit_queued(mono_time now) {
  for (auto& j : jobs) {
    if (j.sequence >= 0 || j.over || waits_for_persona(j)) continue;
    const auto admission = table.admit(j.request.turn.conversation, j.prompt, j.reply_max);
    if (!admission) return;  // in the order of arrival, so that a large request is not starved
    j.sequence = admission->sequence;
    j.cached = admission->cached;
    if (j.purpose == job_purpose::reply) last.waits.push_back(now - j.asked);
  }
}

void llama_runner::impl::end(job& j, generation_event event) {
  j.over = true;
  if (j.purpose == job_purpose::warm_up) {
    table.drop(j.sequence);  // its persona stays
    return;
  }
  if (j.sequence >= 0) table.release(j.sequence);
  if (j.purpose == job_purpose::reply) events.push_back(std::move(event));
}

// What they have read stays in their conversations' sequences.
void llama_runner::impl::end_prefills() {
  for (auto& j : jobs) {
    if (j.purpose == job_purpose::prefill && !j.over) end(j, generation_done{});
  }
}

void llama_runner::impl::expire(mono_time now) {
  for (auto& j : jobs) {
    if (now < j.deadline || j.over) continue;
    end(j, generation_failed{j.request.turn,
                             {errc::deadline, "the reply took too long", "embedded", {}}});
  }
}

void llama_runner::impl::read_chunk(job& j, int tokens_max) {
  const int position = table.length(j.sequence);
  const int length = static_cast<int>(j.prompt.size());
  j.taken = std::min(tokens_max, length - position);
  for (int i = position; i < position + j.taken; ++i) {
    const bool decides = i + 1 == length && j.reply_max > 0;
    const int at = batch.add(j.prompt[static_cast<std::size_t>(i)], i, j.sequence, decides);
    if (decides) j.logits_at = at;
  }
}

// First the replies that are written, one token each; then prompts share what is left of the step.
void llama_runner::impl::fill_batch() {
  batch.clear();
  int readers = 0;
  for (auto& j : jobs) {
    j.taken = 0;
    j.logits_at = -1;
    if (j.sequence < 0 || j.over) continue;
    if (j.writing) {
      j.logits_at = batch.add(j.next, table.length(j.sequence), j.sequence, true);
    } else {
      ++readers;
    }
  }
  if (readers == 0) return;
  // Replies are not kept waiting: those that are written, and the one that a prefill is for.
  const bool others_wait = batch.size() > 0 || jobs.front().purpose == job_purpose::prefill;
  int left = config.batch_tokens - batch.size();
  if (others_wait) left = std::min(left, config.chunk_tokens);
  for (auto& j : jobs) {
    if (j.sequence < 0 || j.over || j.writing || left == 0) continue;
    read_chunk(j, std::max(1, left / readers));
    left -= j.taken;
    --readers;
  }
}

void llama_runner::impl::write(job& j) {
  const auto before = events.size();
  auto written = j.writer->write(context.get(), j.logits_at, events);
  for (auto i = before; i < events.size(); ++i) {
    const auto* piece = std::get_if<token_piece>(&events[i]);
    if (piece && piece->text.find_first_of(",.;:!?") != std::string::npos) j.has_clause = true;
  }
  if (written.failed) return end(j, generation_failed{j.request.turn, std::move(*written.failed)});
  if (written.ended) {
    const token_usage usage{static_cast<int>(j.prompt.size()), j.cached, j.writer->written()};
    return end(j, generation_done{j.request.turn, usage, *written.ended});
  }
  j.next = written.next;
  j.writing = true;
}

void llama_runner::impl::after_decode() {
  for (auto& j : jobs) {
    if (j.writing && j.logits_at >= 0) {
      table.append(j.sequence, {&j.next, 1});
    } else if (j.taken > 0) {
      const auto position = static_cast<std::size_t>(table.length(j.sequence));
      table.append(j.sequence, {j.prompt.data() + position, static_cast<std::size_t>(j.taken)});
      const int read = table.length(j.sequence);
      if (j.persona > 0 && read >= j.persona && read - j.taken < j.persona) {
        table.keep_persona(j.sequence, j.persona);
      }
    }
  }
  for (auto& j : jobs) {
    if (j.logits_at >= 0) {
      write(j);
    } else if (j.reply_max == 0 && j.taken > 0 &&
               table.length(j.sequence) == static_cast<int>(j.prompt.size())) {
      end(j, generation_done{j.request.turn, {}, finish_reason::stop});
    }
  }
}

// What the model's cache holds of the batch is unknown now: these sequences start anew.
void llama_runner::impl::abort_batch(int code) {
  for (auto& j : jobs) {
    if (j.taken == 0 && j.logits_at < 0) continue;
    const int sequence = j.sequence;
    end(j, generation_failed{j.request.turn,
                             {errc::failed,
                              "the language model failed with code " + std::to_string(code),
                              "embedded",
                              {}}});
    table.drop(sequence);
  }
}

void llama_runner::impl::sweep() {
  std::erase_if(jobs, [](const job& j) { return j.over; });
}

// Until a lone reply has its first clause nothing else waits for a core: no voice speaks yet.
int llama_runner::impl::threads_now() const {
  if (jobs.size() != 1) return config.threads;
  const auto& only = jobs.front();
  const bool opens = only.writer && !only.has_clause && only.writer->written() < clause_tokens;
  return opens ? std::max(config.opening_threads, config.threads) : config.threads;
}

std::vector<generation_event> llama_runner::impl::step(mono_time now) {
  expire(now);
  sweep();
  last = {};
  admit_queued(now);
  fill_batch();
  last.tokens = batch.size();
  last.requests = static_cast<int>(std::count_if(
      jobs.begin(), jobs.end(), [](const job& j) { return j.taken > 0 || j.logits_at >= 0; }));
  if (batch.size() > 0) {
    const int threads = threads_now();
    llama_set_n_threads(context.get(), threads, threads);
    const int code = llama_decode(context.get(), batch.get());
    if (code == 0) {
      after_decode();
    } else {
      abort_batch(code);
    }
    sweep();
  }
  return std::exchange(events, {});
}

llama_runner::llama_runner(std::unique_ptr<impl> implementation)
    : impl_{std::move(implementation)} {}

llama_runner::~llama_runner() = default;

result<std::unique_ptr<llama_runner>> llama_runner::load(const llama_config& config) {
  const bool sensible = config.threads >= 1 && config.opening_threads >= 1 &&
                        config.sequences_max >= 1 && config.personas_max >= 1 &&
                        config.chunk_tokens >= 1 && config.batch_tokens > config.sequences_max &&
                        config.context_tokens >= 256 &&
                        config.sequences_max + config.personas_max <=
                            static_cast<int>(llama_max_parallel_sequences());
  if (!sensible) {
    return fail(
        errc::invalid_argument,
        "the embedded engine needs at least one thread and sequence, more batch tokens than "
        "sequences, and a context of 256 tokens or more",
        "language.embedded");
  }
  DHR_TRY(auto model, language_model::load(config.model_path));
  llama_context_params params = llama_context_default_params();
  params.n_ctx = static_cast<std::uint32_t>(config.context_tokens);
  params.n_batch = params.n_ubatch = static_cast<std::uint32_t>(config.batch_tokens);
  params.n_seq_max = static_cast<std::uint32_t>(config.sequences_max + config.personas_max);
  params.n_outputs_max = params.n_seq_max;
  params.n_threads = params.n_threads_batch = config.threads;
  params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_ENABLED;
  params.kv_unified = true;
  params.no_perf = true;
  ::llama_context* context = llama_init_from_model(model->handle(), params);
  if (context == nullptr) {
    return fail(errc::unavailable,
                "the language model's context can't be made; is there memory for it?",
                config.model_path);
  }
  return std::unique_ptr<llama_runner>{
      new llama_runner{std::make_unique<impl>(config, std::move(model), context)}};
}

result<void> llama_runner::warm_up(const std::string& system_message) {
  DHR_ASSERT(is_idle());
  generate request;
  request.messages = {{"system", system_message}};
  request.budget = milliseconds{0};
  DHR_TRY(impl_->enqueue(job_purpose::warm_up, request, 0, mono_time::max() - milliseconds{1}));
  while (!is_idle()) static_cast<void>(impl_->step(mono_time{}));
  return ok();
}

void llama_runner::prepare(const prefill& hint, mono_time now) {
  auto& jobs = impl_->jobs;
  const bool has_replies = std::any_of(jobs.begin(), jobs.end(), [](const job& j) {
    return j.purpose == job_purpose::reply && !j.over;
  });
  if (has_replies) return;
  impl_->end_prefills();
  impl_->sweep();
  const generate request{hint.turn, hint.messages, {}, hint.useful_for, hint.tools, hint.choice};
  // What does not fit is refused when it is asked for.
  static_cast<void>(impl_->enqueue(job_purpose::prefill, request, 0, now));
}

result<void> llama_runner::submit(const generate& request, mono_time now) {
  impl_->end_prefills();
  for (auto& j : impl_->jobs) {
    if (j.over || j.request.turn.conversation != request.turn.conversation) continue;
    impl_->end(j, generation_failed{j.request.turn,
                                    {errc::cancelled, "a newer turn began", "embedded", {}}});
  }
  if (queued() >= impl_->config.queue_max) {
    return boost::outcome_v2::failure(error{errc::overloaded,
                                            "too many replies are waiting for the language model",
                                            "embedded", milliseconds{1000}});
  }
  return impl_->enqueue(job_purpose::reply, request, std::max(1, request.sampling.tokens_max), now);
}

bool llama_runner::cancel(const turn_id& turn) {
  const auto found = std::find_if(impl_->jobs.begin(), impl_->jobs.end(),
                                  [&](const job& j) { return !j.over && j.request.turn == turn; });
  if (found == impl_->jobs.end()) return false;
  if (found->sequence >= 0) impl_->table.release(found->sequence);
  impl_->jobs.erase(found);
  return true;
}

std::vector<generation_event> llama_runner::step(mono_time now) { return impl_->step(now); }

bool llama_runner::is_idle() const { return impl_->jobs.empty() && impl_->events.empty(); }

int llama_runner::queued() const {
  return static_cast<int>(std::count_if(impl_->jobs.begin(), impl_->jobs.end(),
                                        [](const job& j) { return j.sequence < 0 && !j.over; }));
}

const llama_step& llama_runner::last_step() const { return impl_->last; }

const std::shared_ptr<const language_model>& llama_runner::model() const { return impl_->model; }

}  // namespace dhr
