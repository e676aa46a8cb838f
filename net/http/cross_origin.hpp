#pragma once
// What pages of other sites may read of the answers (the Fetch standard's CORS). Which sites those
// are is net/door's business. Pure.

#include <string>

#include "net/http/message.hpp"

namespace dhr::http {

// To the question that a browser asks before a page's request with a key, JSON or sound.
[[nodiscard]] reply preflight_reply();

// Caches keep answers to different pages apart.
void name_what_varies(reply& answer);

// Lets the page of this origin read the answer.
void open_to_page(reply& answer, std::string origin);

}  // namespace dhr::http
