#pragma once
// The store's typed interface. Errors are of the category "dhr", as from_caf_error reads them.

#include "runtime/store/wire_caf.hpp"

namespace dhr {

using store_actor = caf::typed_actor<
    caf::reacts_to<save_conversation>,                     // never answered, never waits
    caf::reacts_to<save_conversation, snapshot_listener>,  // which is told conversation_stored
    caf::replies_to<take_up_conversation>::with<taken_up>,
    caf::replies_to<give_up_conversation>::with<bool>,                // whether it was owned
    caf::replies_to<load_conversation>::with<conversation_snapshot>,  // or not_found
    caf::replies_to<erase_conversation>::with<bool>,                  // whether there was anything
    caf::replies_to<flush_store>::with<std::uint64_t>>;               // all is on disk; how many

}  // namespace dhr
