#include "actors/conversation/scripted_engine_actor.hpp"

#include <algorithm>

#include "actors/conversation/history.hpp"
#include "actors/conversation/tool_call_table.hpp"
#include "actors/conversation/tool_prompt.hpp"

namespace dhr {
namespace {

bool may_be_called(const generate& request, std::string_view name) {
  if (!may_call(request)) return false;
  if (request.choice.kind == tool_choice_kind::function) return name == request.choice.function;
  return std::any_of(request.tools.begin(), request.tools.end(),
                     [&](const tool_definition& tool) { return tool.name == name; });
}

// What "/call NAME {json}" asks for, if that is what the user's last message is.
std::optional<tool_call> asked_call(const generate& request) {
  constexpr std::string_view command = "/call ";
  if (request.messages.empty() || request.messages.back().role != "user") return std::nullopt;
  std::string_view text = request.messages.back().content;
  if (!text.starts_with(command)) return std::nullopt;
  text.remove_prefix(command.size());
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto name = text.substr(0, space);
  const auto arguments = text.substr(space + 1);
  if (!may_be_called(request, name) || !is_json_object(arguments)) return std::nullopt;
  return tool_call{make_call_id(request.turn, 0), std::string{name}, std::string{arguments}};
}

std::optional<tool_call> call_of(const generate& request) {
  if (auto asked = asked_call(request)) return asked;
  const bool must = request.choice.kind == tool_choice_kind::required ||
                    request.choice.kind == tool_choice_kind::function;
  if (!must || request.tools.empty()) return std::nullopt;
  const auto& name = request.choice.kind == tool_choice_kind::function ? request.choice.function
                                                                       : request.tools[0].name;
  return tool_call{make_call_id(request.turn, 0), name, "{}"};
}

// In two pieces or more, so that whoever puts them together is tested.
std::vector<script_token> pieces_of(std::string_view arguments, milliseconds after) {
  constexpr std::size_t piece = 12;
  const std::size_t size = std::min(piece, (arguments.size() + 1) / 2);
  std::vector<script_token> pieces;
  for (; !arguments.empty(); arguments.remove_prefix(std::min(size, arguments.size()))) {
    pieces.push_back({std::string{arguments.substr(0, size)}, after});
  }
  return pieces;
}

}  // namespace

void scripted_engine_state::start(pointer self, scripted_engine_config config) {
  self_ = self;
  config_ = std::move(config);
}

void scripted_engine_state::begin(const generate& request, const generation_client& client) {
  cancel(request.turn);
  reply r = reply_to(request);
  r.recital = ++recitals_;
  r.client = client;
  r.due = self_->clock().now();
  r.tokens_max = request.sampling.tokens_max;
  for (const auto& message : request.messages) {
    r.usage.input_tokens += estimate_tokens(message.content);
  }
  schedule(request.turn, replies_.emplace(request.turn, std::move(r)).first->second);
}

scripted_engine_state::reply scripted_engine_state::reply_to(const generate& request) const {
  const auto pace = config_.script.empty() ? milliseconds{0} : config_.script.front().after;
  reply r;
  if (!request.messages.empty() && request.messages.back().role == "tool") {
    r.script = script_of(request.messages.back().content, pace).script;
  } else if ((r.call = call_of(request))) {
    r.script = pieces_of(r.call->arguments, pace);
  } else {
    r.script = config_.script;
  }
  return r;
}

void scripted_engine_state::say(const turn_id& turn, reply& r) {
  auto& text = r.script[r.next].text;
  if (!r.call) {
    self_->send(r.client, token_piece{turn, std::move(text)});
  } else if (r.next == 0) {
    self_->send(r.client, tool_call_piece{turn, 0, r.call->call_id, r.call->name, std::move(text)});
  } else {
    self_->send(r.client, tool_call_piece{turn, 0, {}, {}, std::move(text)});
  }
}

void scripted_engine_state::schedule(const turn_id& turn, reply& r) {
  if (r.next < r.script.size()) r.due += r.script[r.next].after;
  if (r.due <= self_->clock().now()) {
    self_->send(self_, script_tick_atom::value, turn, r.recital);
  } else {
    self_->scheduled_send(self_, r.due, script_tick_atom::value, turn, r.recital);
  }
}

void scripted_engine_state::tick(const turn_id& turn, std::uint64_t recital) {
  const auto found = replies_.find(turn);
  if (found == replies_.end() || found->second.recital != recital) return;
  reply& r = found->second;
  const bool full = r.usage.output_tokens >= r.tokens_max;
  if (r.next >= r.script.size() || full) {
    const bool complete = r.next >= r.script.size();
    const auto end = r.call ? finish_reason::tool_calls : finish_reason::stop;
    self_->send(r.client,
                generation_done{turn, r.usage, complete ? end : finish_reason::max_tokens});
    replies_.erase(found);
    return;
  }
  say(turn, r);
  ++r.next;
  ++r.usage.output_tokens;
  schedule(turn, r);
}

void scripted_engine_state::cancel(const turn_id& turn) {
  const auto found = replies_.find(turn);
  if (found == replies_.end()) return;
  self_->send(found->second.client,
              generation_failed{turn, {errc::cancelled, "the turn was interrupted", {}, {}}});
  replies_.erase(found);
}

scripted_engine_impl::behavior_type scripted_engine(scripted_engine_state::pointer self,
                                                    scripted_engine_config config) {
  self->state.start(self, std::move(config));
  return {
      [=](const generate& request, const generation_client& client) {
        self->state.begin(request, client);
      },
      [=](const cancel_generation& m) { self->state.cancel(m.turn); },
      [](const prefill&) {},  // it reads nothing
      [=](script_tick_atom, const turn_id& turn, std::uint64_t recital) {
        self->state.tick(turn, recital);
      },
  };
}

scripted_engine_config script_of(std::string_view text, milliseconds after) {
  scripted_engine_config config;
  while (!text.empty()) {
    const std::size_t end = text.find(' ', 1);
    config.script.push_back({std::string{text.substr(0, end)}, after});
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end);
  }
  return config;
}

}  // namespace dhr
