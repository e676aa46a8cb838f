#include "tests/simulation/client.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <deque>
#include <utility>

#include "net/realtime/event_id.hpp"

namespace dhr::simulation {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
namespace rt = realtime;

// host.cpp gives the doors as long: a lease, and nine seconds.
constexpr milliseconds move_patience = lease_ttl + 9'000ms;
// Without an answer to its ping a client takes its connection for dead.
constexpr nanoseconds ping_patience = 6s;

std::string text_of(const json::object& in, std::string_view field) {
  const auto* found = in.if_contains(field);
  return found != nullptr && found->is_string() ? std::string{found->as_string()} : std::string{};
}

// What the client gave the request for it, and gets back with it.
std::string request_of(const json::object& response) {
  const auto* metadata = response.if_contains("metadata");
  const bool has_any = metadata != nullptr && metadata->is_object();
  return has_any ? text_of(metadata->as_object(), "request") : std::string{};
}

std::size_t bytes_of(std::string_view base64) {
  const auto letters = base64.substr(0, base64.find('='));
  return letters.size() * 3 / 4;
}

// Of the answer's message.
std::string words_of(const json::array& output) {
  std::string words;
  for (const auto& part : output.at(0).as_object().at("content").as_array()) {
    words += text_of(part.as_object(), "text") + text_of(part.as_object(), "transcript");
  }
  return words;
}

}  // namespace

struct simulated_client::line {
  std::shared_ptr<simulated_node> node;
  std::shared_ptr<rt::client_link> link;
  rt::connected_client actor;
  rt::event_decoder decoder{rt::event_shape::ga};
  std::deque<std::string> unread;  // in the socket's buffers
};

simulated_client::simulated_client(client_setup setup)
    : setup_{setup},
      conversation_{"talk_" + std::to_string(setup.number)},
      dice_{setup.seed},
      comes_back_at_{dice_.between(0ms, 1'500ms)} {}

simulated_client::~simulated_client() = default;

// ---- the connection

void simulated_client::connect() {
  auto node = setup_.place->any_node(dice_);
  comes_back_at_ = now_ + dice_.between(200ms, 1'000ms);
  if (!node) return;
  line_ = std::make_unique<line>();
  line_->node = std::move(node);
  line_->link = std::make_shared<rt::client_link>(rt::link_limits{}, *setup_.counts, [] {});
  rt::client_options options;
  options.conversation = conversation_;
  options.move_patience = move_patience;
  if (!last_event_id_.empty() && dice_.per_mille(750)) {
    options.seen = rt::parse_event_id(last_event_id_);
  }
  setup_.seen->note("client " + std::to_string(setup_.number) + " comes to " + line_->node->name() +
                    (options.seen ? ", has seen " + last_event_id_ : ""));
  line_->actor =
      rt::spawn_client(line_->node->system(), line_->node->door(), line_->link, std::move(options));
  stalled_ = 0ns;
  if (!insists_ && dice_.per_mille(300)) hangs_up_at_ = now_ + dice_.between(1s, 12s);
}

void simulated_client::end(line& connection) {
  connection.link->disconnected();
  caf::anon_send_exit(connection.actor, caf::exit_reason::user_shutdown);
}

// What was asked has ended with the connection: whoever wants to know asks again.
void simulated_client::lost(const std::string& why) {
  setup_.seen->note("client " + std::to_string(setup_.number) + " is away: " + why);
  if (line_) end(*line_);
  line_.reset();
  end_all();
  asks_at_.reset();
  cancels_at_.reset();
  hangs_up_at_.reset();
  comes_back_at_ = now_ + dice_.between(100ms, 1'000ms);
}

// Its network is gone: the node's end of the connection goes on for a while.
void simulated_client::vanish() {
  left_.emplace_back(now_ + dice_.between(1'000ms, 15'000ms), std::move(line_));
  lost("it vanishes");
}

void simulated_client::bury() {
  std::erase_if(left_, [&](const auto& one) {
    if (one.first <= now_) end(*one.second);
    return one.first <= now_;
  });
}

bool simulated_client::act(true_time now) {
  pass_time(now);
  bury();
  if (!line_) {
    if (now_ < comes_back_at_) return false;
    connect();
    return line_ != nullptr;
  }
  const auto state = line_->node->state();
  if (state == node_state::dead || state == node_state::ended) {
    lost("its node has ended");
    return true;
  }
  if (stalled_ >= ping_patience) {
    lost("its node is silent");
    return true;
  }
  if (hangs_up_at_ && *hangs_up_at_ <= now_) {
    if (dice_.per_mille(400)) {
      vanish();
    } else {
      lost("it hangs up");
    }
    return true;
  }
  if (!setup_.place->moves(*line_->node)) return false;
  bool acted = read();
  if (!line_) return true;
  if (asks_at_ && *asks_at_ <= now_) {
    ask();
    acted = true;
  }
  if (cancels_at_ && *cancels_at_ <= now_) {
    cancels_at_.reset();
    line_->unread.push_back(R"({"type":"response.cancel"})");
    // Sound that was not written until then, of the answer before as well, nobody wants any more.
    heard_.clear();
  }
  return write() || acted;
}

std::optional<true_time> simulated_client::due() const {
  if (!line_) return comes_back_at_;
  std::optional<true_time> first;
  for (const auto& at : {asks_at_, cancels_at_, hangs_up_at_}) {
    if (at) first = std::min(first.value_or(*at), *at);
  }
  return first;
}

void simulated_client::pass_time(true_time now) {
  const auto passed = now - std::exchange(now_, now);
  if (!line_) return;
  if (!setup_.place->moves(*line_->node)) {
    stalled_ += passed;
    return;
  }
  stalled_ = 0ns;
  for (auto& one : open_) one.seen.reachable += passed;
}

// As connection.cpp's reader: while the conversation is looked for, nothing is read.
bool simulated_client::write() {
  bool any = false;
  while (!line_->unread.empty() && line_->link->may_ask()) {
    if (!line_->link->session()) {
      if (!line_->link->take_rest()) return any;
      caf::anon_send(line_->actor, rt::rouse_atom::value);
      return true;
    }
    const auto message = std::move(line_->unread.front());
    line_->unread.pop_front();
    pass_on(message);
    any = true;
  }
  return any;
}

void simulated_client::pass_on(const std::string& message) {
  const auto broken = [&](sabotage how) { return setup_.how_broken == how && dice_.per_mille(20); };
  if (broken(sabotage::requests_vanish)) return;
  const auto decoded = line_->decoder.decode(message);
  auto event = *decoded.value();
  if (rt::is_answered(event)) line_->link->asked();
  const bool is_turn = std::holds_alternative<create_response>(event);
  if (is_turn) line_->link->response_asked();
  const auto session = *line_->link->session();
  const bool twice = is_turn && broken(sabotage::requests_are_doubled);
  for (const auto& request : rt::to_requests(event)) {
    caf::anon_send(session, request);
    if (twice) {
      auto again = std::get<create_response>(request.what);
      again.out_of_band = true;
      caf::anon_send(session, client_request{again});
    }
  }
}

bool simulated_client::read() {
  std::size_t taken = 0;
  for (; line_; ++taken) {
    const auto step = line_->link->next();
    if (!step.message && !step.close) break;
    if (step.message) {
      on_event(*step.message);
    } else {
      lost("it was told " + std::to_string(step.close->code) + " " + step.close->text);
    }
  }
  setup_.seen->queue_holds("a connection's outbox", taken, rt::link_limits{}.outbox.messages_max);
  return taken > 0;
}

// ---- what it is told

void simulated_client::on_event(const std::string& text) {
  const auto event = json::parse(text).as_object();
  const auto type = text_of(event, "type");
  const auto event_id = text_of(event, "event_id");
  session_epoch epoch;
  if (const auto mark = rt::parse_event_id(event_id)) {
    epoch = {mark->epoch};
    last_event_id_ = event_id;
    setup_.seen->delivered(conversation_, epoch, line_->node->name());
  }
  if (type == "session.created" || type == "digital_human.resumed") {
    on_resumed(event);
  } else if (type == "conversation.item.added") {
    end_question(text_of(event.at("item").as_object(), "id"));
  } else if (type == "response.created") {
    const auto& response = event.at("response").as_object();
    setup_.seen->answer_began(request_of(response), text_of(response, "id"));
    heard_[text_of(response, "id")] = {};
  } else if (type.ends_with(".delta")) {
    on_piece(event);
  } else if (type == "response.done") {
    on_response_done(event.at("response").as_object(), epoch);
  } else if (type == "error") {
    on_error(event.at("error").as_object());
  }
}

void simulated_client::on_piece(const json::object& event) {
  const auto known = heard_.find(text_of(event, "response_id"));
  if (known == heard_.end()) return;
  if (setup_.how_broken == sabotage::pieces_vanish && dice_.per_mille(5)) return;
  const auto piece = text_of(event, "delta");
  if (text_of(event, "type") == "response.output_audio.delta") {
    known->second.sound += bytes_of(piece);
  } else {
    known->second.words += piece;
  }
}

// Whoever is told of what was replayed, and of nothing that was lost, goes on where it was.
void simulated_client::on_resumed(const json::object& event) {
  const bool goes_on = event.contains("events_replayed") && !event.contains("epoch");
  if (!goes_on) heard_.clear();
  if (!asks_at_ && open_.empty()) next_question(dice_.between(50ms, 1'000ms));
}

void simulated_client::on_response_done(const json::object& response, session_epoch epoch) {
  const auto& output = response.at("output").as_array();
  const bool completed = text_of(response, "status") == "completed" && !output.empty();
  if (completed) {
    setup_.seen->told(conversation_, epoch, text_of(output[0].as_object(), "id"));
  }
  const auto known = heard_.find(text_of(response, "id"));
  if (known != heard_.end()) {
    const auto& [words, sound] = known->second;
    if (completed) setup_.seen->heard({now_, setup_.number, words, words_of(output), sound});
    heard_.erase(known);
  }
  end_turn(request_of(response), completed);
}

void simulated_client::on_error(const json::object& problem) {
  // A response's name is random, and the journal is to be the same each time.
  const auto message = text_of(problem, "message");
  setup_.seen->note("client " + std::to_string(setup_.number) +
                    " is told: " + message.substr(0, message.find("resp_")));
  if (text_of(problem, "code") == "conversation_moved") return end_all();
  end_question(text_of(problem, "event_id"));
}

// ---- what it asks

void simulated_client::ask() {
  asks_at_.reset();
  const auto number = std::to_string(setup_.number) + "_" + std::to_string(++questions_);
  const auto item = "item_" + number;
  json::object words{{"type", "input_text"}, {"text", "Question " + number + "?"}};
  json::object message{
      {"id", item}, {"type", "message"}, {"role", "user"}, {"content", json::array{words}}};
  line_->unread.push_back(json::serialize(
      json::object{{"type", "conversation.item.create"}, {"event_id", item}, {"item", message}}));
  begin(item, false);
  const auto turn = "turn_" + number;
  // Some of them want to hear their answers.
  const auto* modality = setup_.number % 3 == 0 ? "audio" : "text";
  const json::object wanted{{"metadata", json::object{{"request", turn}}},
                            {"output_modalities", json::array{modality}}};
  line_->unread.push_back(json::serialize(
      json::object{{"type", "response.create"}, {"event_id", turn}, {"response", wanted}}));
  begin(turn, true);
  if (!insists_ && dice_.per_mille(100)) cancels_at_ = now_ + dice_.between(1ms, 500ms);
}

void simulated_client::begin(std::string id, bool is_turn) {
  question made;
  made.seen.client = setup_.number;
  made.seen.id = std::move(id);
  made.seen.asked = now_;
  made.is_turn = is_turn;
  open_.push_back(std::move(made));
}

void simulated_client::end_question(const std::string& id) {
  const auto known = std::find_if(open_.begin(), open_.end(),
                                  [&](const question& one) { return one.seen.id == id; });
  if (known == open_.end()) return;
  known->seen.ended = now_;
  setup_.seen->ended(std::move(known->seen));
  open_.erase(known);
  if (open_.empty() && !asks_at_) next_question(dice_.between(100ms, 1'000ms));
}

void simulated_client::end_turn(const std::string& request, bool completed) {
  const auto known = std::find_if(open_.begin(), open_.end(), [&](const question& one) {
    return one.is_turn && one.seen.id == request;
  });
  if (known == open_.end()) return;
  if (completed) answered_of_ = known->seen.asked;
  end_question(request);
  // Now and then it is silent for so long that its conversation rests.
  const bool is_silent = !insists_ && dice_.per_mille(80);
  next_question(is_silent ? dice_.between(5'000ms, 14'000ms) : dice_.between(100ms, 2'500ms));
}

void simulated_client::end_all() {
  for (auto& one : open_) {
    one.seen.ended = now_;
    setup_.seen->ended(std::move(one.seen));
  }
  open_.clear();
  if (!asks_at_) next_question(dice_.between(100ms, 1'000ms));
}

// ---- the end

void simulated_client::insist(true_time now) {
  insists_ = true;
  hangs_up_at_.reset();
  cancels_at_.reset();
  if (asks_at_) asks_at_ = std::min(*asks_at_, now + 1'000ms);
}

void simulated_client::finish() {
  for (auto& one : open_) setup_.seen->ended(std::move(one.seen));
  open_.clear();
  if (line_) lost("the simulation ends");
  for (const auto& [noticed, connection] : left_) end(*connection);
  left_.clear();
}

}  // namespace dhr::simulation
