#pragma once
// The conversation room's typed interfaces.

#include "actors/conversation/wire_caf.hpp"

namespace dhr {

// Where an engine's answer goes.
using generation_client = caf::typed_actor<caf::reacts_to<token_piece>,        // the next piece
                                           caf::reacts_to<tool_call_piece>,    // of a function call
                                           caf::reacts_to<generation_done>,    // ends the answer
                                           caf::reacts_to<generation_failed>,  // ends the answer
                                           caf::reacts_to<engine_fallback>>;   // see there

// A language engine: embedded (llama.cpp), sglang, or the scripted one of tests and benchmarks.
using engine_actor =
    caf::typed_actor<caf::reacts_to<generate, generation_client>,  // begin; see generate
                     caf::reacts_to<cancel_generation>,            // stop computing a turn
                     caf::reacts_to<prefill>>;                     // a hint; see there

// Where a conversation's answer goes: the session.
using conversation_client =
    caf::typed_actor<caf::reacts_to<clause_ready>, caf::reacts_to<text_ready>,
                     caf::reacts_to<reply_finished>, caf::reacts_to<reply_failed>,
                     caf::reacts_to<engine_changed>, caf::reacts_to<function_call_piece>,
                     caf::reacts_to<function_call_ready>>;

// The child of a session that thinks.
using conversation_actor =
    generation_client::extend<caf::reacts_to<converse>,        // begin a reply
                              caf::reacts_to<cancel_reply>,    // the turn was interrupted
                              caf::reacts_to<prepare_reply>>;  // a hint; see there

}  // namespace dhr
