#include "actors/session/byte_queue.hpp"

#include <catch2/catch.hpp>

TEST_CASE("bytes leave a queue in the order in which they came, however they are cut") {
  dhr::byte_queue queue;
  std::string in;
  std::string out;
  for (int round = 0; round < 200; ++round) {
    const std::string piece(static_cast<std::size_t>(round % 17),
                            static_cast<char>('a' + round % 26));
    queue.append(piece);
    in += piece;
    out += queue.take((in.size() - out.size()) * static_cast<std::size_t>(round % 4) / 3);
  }
  out += queue.take(in.size() - out.size());
  CHECK(out == in);
  CHECK(queue.take(0).empty());
}
