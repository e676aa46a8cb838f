#include "net/http/cross_origin.hpp"

#include <utility>

namespace dhr::http {

reply preflight_reply() {
  reply answer;
  answer.status = 204;
  answer.headers = {
      {"Access-Control-Allow-Methods", "GET, HEAD, POST"},
      {"Access-Control-Allow-Headers", "Authorization, Api-Key, Content-Type, Idempotency-Key"},
      {"Access-Control-Max-Age", "600"}};
  return answer;
}

void name_what_varies(reply& answer) { answer.headers.emplace_back("Vary", "Origin"); }

void open_to_page(reply& answer, std::string origin) {
  answer.headers.emplace_back("Access-Control-Allow-Origin", std::move(origin));
  answer.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
}

}  // namespace dhr::http
