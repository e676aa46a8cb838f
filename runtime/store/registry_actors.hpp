#pragma once
// The registry's typed interfaces. Errors are of the category "dhr", as from_caf_error reads them.

#include "runtime/store/registry_wire_caf.hpp"

namespace dhr {

using registry_actor = caf::typed_actor<
    caf::replies_to<join_node>::with<bool>,   //
    caf::replies_to<renew_node>::with<bool>,  //
    caf::replies_to<evict_node>::with<bool>,  //
    caf::replies_to<leave_node>::with<std::uint64_t>, caf::replies_to<list_nodes>::with<node_list>,
    caf::replies_to<find_claim>::with<conversation_claim>,
    caf::replies_to<list_claims>::with<claim_list>, caf::replies_to<list_wishes>::with<claim_list>,
    caf::replies_to<want_owner>::with<bool>>;

// Whoever has conversations in the node's name.
using conversation_owner =
    caf::typed_actor<caf::reacts_to<begin_term>, caf::replies_to<end_term>::with<std::uint32_t>>;

}  // namespace dhr
