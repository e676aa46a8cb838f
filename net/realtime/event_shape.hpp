#pragma once
// In which dialect of the protocol a connection is answered. What a client sends is understood in
// all of them on every connection.

#include <cstdint>

namespace dhr::realtime {

enum class event_shape : std::uint8_t {
  ga,          // the names of the public API since it left its beta
  beta,        // the names before: response.audio.delta, conversation.item.created, a flat session
  voice_live,  // Azure Voice Live: the beta's names, and what its session object has besides
};

}  // namespace dhr::realtime
