#include "runtime/ending.hpp"

#include "runtime/base/error_caf.hpp"
#include "runtime/base/log.hpp"

namespace dhr {
namespace {

constexpr logger out{"runtime"};

}  // namespace

bool end_term_of(caf::actor_system& system, const directory_actor& directory) {
  bool ended = false;
  caf::scoped_actor self{system};
  self->request(directory, std::chrono::seconds{5}, end_term{})
      .receive([&](std::uint32_t) { ended = true; }, [](const caf::error&) {});
  return ended;
}

void flush(caf::actor_system& system, const store_actor& store) {
  caf::scoped_actor self{system};
  self->request(store, std::chrono::seconds{10}, flush_store{})
      .receive([](std::uint64_t) {},
               [](const caf::error& problem) {
                 out.error("what was said last could not be stored",
                           {{"reason", from_caf_error(problem).message}});
               });
}

void end_and_wait(caf::actor_system& system, const caf::actor& actor) {
  if (!actor) return;
  caf::scoped_actor self{system};
  self->send_exit(actor, caf::exit_reason::user_shutdown);
  self->wait_for(actor);
}

}  // namespace dhr
