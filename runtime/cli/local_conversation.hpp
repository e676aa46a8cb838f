#pragma once
// A conversation of the program's own, without doors: for the commands that hold one.

#include <caf/scoped_actor.hpp>
#include <memory>
#include <optional>
#include <string>

#include "actors/session/actors.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/result.hpp"
#include "runtime/host.hpp"

namespace dhr::cli {

// Warnings are logged, and nothing below them. With `recite` every answer is that text. Blocks for
// seconds; errors as of host::start.
[[nodiscard]] result<std::unique_ptr<host>> start_quietly(const config& settings,
                                                          std::optional<std::string> recite);

// Opens a conversation whose events come to `self`'s mailbox, the first being session_opened.
// `paced` as in attach_client. Blocks; errc::unavailable, errc::overloaded.
[[nodiscard]] result<session_actor> open_here(host& node, caf::scoped_actor& self, bool paced);

}  // namespace dhr::cli
