#include "benchmarks/support/talker.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <iostream>
#include <utility>

namespace dhr::bench {

using namespace dhr::testing;
using namespace std::chrono_literals;

talker::talker(boost::asio::io_context& io, std::uint16_t port, std::string conversation)
    : conversation_{std::move(conversation)}, timer_{io} {
  client_ = std::make_unique<realtime_client>(
      io, port,
      realtime_client::callbacks{[this] { ask(); },
                                 [this](std::string_view event) { on_event(event); },
                                 [this](const std::string& why) {
                                   trouble();
                                   ended = why + ".";
                                 }},
      "conversation=" + conversation_);
}

double talker::longest_wait_ms(bench_clock::time_point now) const {
  return asked_ ? std::max(longest_wait_ms_, ms(now - *asked_)) : longest_wait_ms_;
}

void talker::forget_waits() { longest_wait_ms_ = 0; }

void talker::ask() {
  if (waits_) return;
  waits_ = true;
  if (!asked_) asked_ = bench_clock::now();
  client_->send(user_item("And what happened next?"));
  client_->send(response_create);
}

void talker::ask_after(std::chrono::milliseconds pause) {
  waits_ = false;
  timer_.expires_after(pause);
  // One that is due cannot be cancelled any more, and may be called when this is gone.
  timer_.async_wait([this, here = std::weak_ptr{lives_}](boost::system::error_code problem) {
    if (!problem && !here.expired()) ask();
  });
}

void talker::on_event(std::string_view event) {
  const auto type = type_of(event);
  if (type == "digital_human.resumed") {
    resumed(event);
  } else if (type == "response.done") {
    finished(event);
  } else if (type == "error") {
    on_error(event);
  }
  last_event_ = bench_clock::now();
}

// What was asked while the conversation was looked for is answered now.
void talker::resumed(std::string_view text) {
  trouble();
  resumed_at = bench_clock::now();
  if (last_event_) gap_ms = ms(*resumed_at - *last_event_);
  const auto event = boost::json::parse(text);
  for (const auto& id : event.at("lost_items").as_array()) {
    if (whole_.contains(std::string{id.as_string()})) ++turns_lost;
  }
  timer_.cancel();
  ask();
}

void talker::finished(std::string_view text) {
  const auto event = boost::json::parse(text);
  const auto& response = event.at("response");
  if (response.at("status").as_string() != "completed") {
    trouble();
    ++turns_broken;
    return ask_after(1s);
  }
  ++turns;
  answered_at = bench_clock::now();
  if (asked_) longest_wait_ms_ = longest_wait_ms(*answered_at);
  asked_.reset();
  for (const auto& item : response.at("output").as_array()) {
    whole_.insert(std::string{item.at("id").as_string()});
  }
  ask_after(20ms);
}

void talker::on_error(std::string_view event) {
  trouble();
  if (event.find("\"conversation_moved\"") != event.npos) {
    ++questions_lost;
  } else {
    ++errors;
    std::cerr << conversation_ << ": " << event << '\n';
  }
  ask_after(1s);
}

void talker::trouble() {
  if (!troubled_at) troubled_at = bench_clock::now();
}

}  // namespace dhr::bench
