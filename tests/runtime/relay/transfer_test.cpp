#include "runtime/relay/transfer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

using namespace dhr;

namespace {

constexpr transfer_config small{100, 250, 2'000, 20, 1'500};

std::vector<char> message_of(std::size_t size, char filler) {
  return std::vector<char>(size, filler);
}
std::string text_of(const std::vector<char>& message) { return {message.begin(), message.end()}; }

std::vector<transfer_piece> all_of(transfer_sender& sender) {
  std::vector<transfer_piece> pieces;
  while (auto piece = sender.next()) pieces.push_back(std::move(*piece));
  return pieces;
}

std::vector<std::string> taken(transfer_receiver& receiver, const transfer_piece& piece) {
  auto messages = receiver.take(piece.number, piece.bytes);
  REQUIRE(messages);
  return std::move(messages).assume_value();
}

std::string header(std::uint32_t length) {
  std::string bytes(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>(length >> (8 * i));
  return bytes;
}

}  // namespace

TEST_CASE("a short message goes at once as one piece") {
  transfer_sender sender{small};
  transfer_receiver receiver{small};
  REQUIRE(sender.put(message_of(10, 'a')));
  const auto pieces = all_of(sender);
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].number == 1);
  CHECK(taken(receiver, pieces[0]) == std::vector<std::string>{std::string(10, 'a')});
  CHECK(sender.empty());
}

TEST_CASE("of a long message no more is under way than the other end has room for") {
  transfer_sender sender{small};
  transfer_receiver receiver{small};
  REQUIRE(sender.put(message_of(1'000, 'a')));
  auto pieces = all_of(sender);
  CHECK(pieces.size() == 2);
  CHECK(sender.waits());
  CHECK(sender.unacknowledged_bytes() == 200);
  CHECK(taken(receiver, pieces[0]).empty());
  CHECK_FALSE(receiver.to_acknowledge());
  CHECK(taken(receiver, pieces[1]).empty());
  CHECK(receiver.to_acknowledge() == 2);
  CHECK_FALSE(receiver.to_acknowledge());
  REQUIRE(sender.acknowledged(2));
  CHECK(sender.unacknowledged_bytes() == 0);
  CHECK(all_of(sender).size() == 2);
}

TEST_CASE("messages that had to wait share a piece") {
  transfer_sender sender{small};
  REQUIRE(sender.put(message_of(196, 'a')));
  CHECK(all_of(sender).size() == 2);
  for (int i = 0; i < 5; ++i) REQUIRE(sender.put(message_of(10, 'b')));
  REQUIRE(sender.acknowledged(2));
  const auto pieces = all_of(sender);
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].bytes.size() == 5 * 14);
}

TEST_CASE("what would wait beyond the bounds is refused and changes nothing") {
  SECTION("in bytes") {
    transfer_sender sender{small};
    REQUIRE(sender.put(message_of(1'500, 'a')));
    const auto before = sender.queued_bytes();
    const auto refused = sender.put(message_of(497, 'b'));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::overloaded);
    CHECK(sender.queued_bytes() == before);
    CHECK(sender.put(message_of(492, 'b')));
  }
  SECTION("in messages") {
    transfer_sender sender{small};
    for (int i = 0; i < 20; ++i) REQUIRE(sender.put(message_of(1, 'a')));
    CHECK(sender.put(message_of(1, 'a')).error().code == errc::overloaded);
  }
  SECTION("a message that may never go") {
    transfer_sender sender{small};
    CHECK(sender.put(message_of(1'501, 'a')).error().code == errc::invalid_argument);
    CHECK(sender.put({}).error().code == errc::invalid_argument);
    CHECK(sender.empty());
  }
}

TEST_CASE("a message of the greatest length is taken though the queue's bound is lower") {
  transfer_sender sender{{100, 250, 50, 20, 1'500}};
  CHECK(sender.put(message_of(1'500, 'a')));
  CHECK_FALSE(sender.put(message_of(1, 'b')));
}

TEST_CASE("a sender does not believe that what it never sent was taken") {
  transfer_sender sender{small};
  REQUIRE(sender.put(message_of(10, 'a')));
  CHECK(all_of(sender).size() == 1);
  CHECK_FALSE(sender.acknowledged(2));
  CHECK(sender.unacknowledged_bytes() == 14);
  CHECK(sender.acknowledged(0));
  CHECK(sender.unacknowledged_bytes() == 14);
}

TEST_CASE("a piece that comes twice is dropped and counted") {
  transfer_receiver receiver{small};
  const transfer_piece piece{1, header(1) + "a"};
  CHECK(taken(receiver, piece).size() == 1);
  CHECK(taken(receiver, piece).empty());
  CHECK(receiver.duplicates() == 1);
  CHECK(taken(receiver, {2, header(1) + "b"}) == std::vector<std::string>{"b"});
}

TEST_CASE("a receiver ends with what no sender sends, and takes nothing after it") {
  transfer_receiver receiver{small};
  REQUIRE(receiver.take(1, header(1) + "a"));
  std::uint64_t number = 2;
  std::string bytes;
  SECTION("a piece is missing") {
    number = 3;
    bytes = header(1) + "c";
  }
  SECTION("piece number zero") {
    number = 0;
    bytes = header(1) + "c";
  }
  SECTION("an empty piece") {}
  SECTION("too long a piece") { bytes = header(200) + std::string(97, 'x'); }
  SECTION("a message longer than any may be") { bytes = header(1'501); }
  SECTION("an empty message") { bytes = header(0) + "x"; }
  CHECK(receiver.take(number, bytes).error().code == errc::failed);
  CHECK_FALSE(receiver.take(2, header(1) + "b"));
  CHECK_FALSE(receiver.to_acknowledge());
}

TEST_CASE("all messages arrive whole and in order, however pieces and words about them travel") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937 chance{seed};
    const auto below = [&](std::size_t n) { return std::size_t{chance() % n}; };
    transfer_sender sender{small};
    transfer_receiver receiver{small};
    std::vector<std::string> sent;
    std::vector<std::string> arrived;
    std::deque<transfer_piece> link;
    std::vector<transfer_piece> old;
    std::vector<std::uint64_t> acknowledgements;
    std::uint64_t doubled = 0;
    const auto step = [&](bool may_put) {
      switch (below(5)) {
        case 0: {
          if (!may_put) break;
          auto message = message_of(below(8) == 0 ? 1 + below(1'500) : 1 + below(60),
                                    static_cast<char>('a' + below(26)));
          const auto text = text_of(message);
          if (sender.put(std::move(message))) sent.push_back(text);
          break;
        }
        case 1:
          if (auto piece = sender.next()) link.push_back(std::move(*piece));
          break;
        case 2: {
          if (link.empty()) break;
          for (auto& text : taken(receiver, link.front())) arrived.push_back(std::move(text));
          old.push_back(std::move(link.front()));
          link.pop_front();
          if (const auto through = receiver.to_acknowledge()) acknowledgements.push_back(*through);
          break;
        }
        case 3: {
          if (acknowledgements.empty()) break;
          const auto which = static_cast<std::ptrdiff_t>(below(acknowledgements.size()));
          REQUIRE(sender.acknowledged(acknowledgements[static_cast<std::size_t>(which)]));
          acknowledgements.erase(acknowledgements.begin() + which);
          break;
        }
        default:
          if (old.empty()) break;
          ++doubled;
          CHECK(taken(receiver, old[below(old.size())]).empty());
      }
      REQUIRE(sender.unacknowledged_bytes() <= small.credit_bytes);
      REQUIRE(sender.queued_bytes() <= small.queue_bytes_max);
      REQUIRE(receiver.held_bytes() <= small.message_bytes_max);
      for (const auto& piece : link) REQUIRE(piece.bytes.size() <= small.piece_bytes_max);
    };
    for (int i = 0; i < 400; ++i) step(true);
    for (int i = 0; i < 100'000 && arrived.size() < sent.size(); ++i) step(false);
    CHECK(sent.size() > 20);
    CHECK(arrived == sent);
    CHECK(receiver.duplicates() == doubled);
  }
}
