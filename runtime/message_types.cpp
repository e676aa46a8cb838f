#include "runtime/message_types.hpp"

#include "actors/session/actors.hpp"
#include "runtime/cluster/wire_caf.hpp"
#include "runtime/relay/actors.hpp"
#include "runtime/wire_structure.hpp"

namespace dhr {
namespace {

// The names and the types of one of CAF's blocks of type ids.
template <class Block>
void describe_block(wire::structure_book& book) {
  const auto one = [&]<caf::type_id_t id>(std::integral_constant<caf::type_id_t, id>) {
    using type = typename caf::type_by_id<id>::type;
    auto& line = book.lines[std::string{"message "} + caf::type_name_by_id<id>::value];
    if constexpr (caf::allowed_unsafe_message_type<type>::value) {
      line = "stays in its node";
    } else {
      wire::structure_recorder recorder{book};
      recorder.describe_type<type>();
      line = recorder.text();
    }
  };
  [&]<std::size_t... offset>(std::index_sequence<offset...>) {
    (one(std::integral_constant<caf::type_id_t,
                                static_cast<caf::type_id_t>(Block::begin + offset)>{}),
     ...);
  }
  (std::make_index_sequence<Block::end - Block::begin>{});
}

template <class... Blocks>
std::string listing_of() {
  wire::structure_book book;
  (describe_block<Blocks>(book), ...);
  std::string listing;
  for (const auto& [name, fields] : book.lines) listing += name + ": " + fields + "\n";
  return listing;
}

}  // namespace

std::string message_listing() {
  return listing_of<caf::id_block::dhr_conversation, caf::id_block::dhr_speech,
                    caf::id_block::dhr_avatar, caf::id_block::dhr_ears_transcription,
                    caf::id_block::dhr_ears, caf::id_block::dhr_emotion, caf::id_block::dhr_store,
                    caf::id_block::dhr_registry, caf::id_block::dhr_cluster,
                    caf::id_block::dhr_session, caf::id_block::dhr_session_events,
                    caf::id_block::dhr_session_handles, caf::id_block::dhr_relay,
                    caf::id_block::dhr_relay_handles>();
}

std::uint64_t types_hash() { return types_hash(message_listing(), wire_version); }

std::uint64_t types_hash(const std::string& listing, int version) {
  // FNV-1a, 64 bits.
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char byte : listing + std::to_string(version)) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  }
  return hash;
}

}  // namespace dhr
