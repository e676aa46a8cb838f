#include "tests/simulation/wire.hpp"

#include <algorithm>
#include <caf/actor_proxy.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/io/all.hpp>
#include <caf/scoped_execution_unit.hpp>
#include <utility>

#include "runtime/base/assert.hpp"

namespace dhr::simulation {

enum class parcel_kind { message, watch, ended };

struct network::parcel {
  parcel_kind kind = parcel_kind::message;
  nanoseconds due{0};
  caf::actor_id sender = 0;  // 0: nobody
  caf::actor_id target = 0;
  caf::message_id id;
  std::vector<char> bytes;
};

struct network::station final : caf::proxy_registry::backend {
  station(network& of, node_index place, caf::actor_system& at)
      : net{of}, index{place}, system{at}, unit{&at}, proxies{at, *this} {
    unit.proxy_registry_ptr(&proxies);
  }
  ~station() override { proxies.clear(); }
  caf::strong_actor_ptr make_proxy(caf::node_id of, caf::actor_id actor) override;
  void set_last_hop(caf::node_id*) override {}

  network& net;
  const node_index index;
  caf::actor_system& system;
  caf::scoped_execution_unit unit;
  caf::proxy_registry proxies;
};

// An actor of another node.
class network::remote final : public caf::actor_proxy {
 public:
  remote(caf::actor_config& config, network& net, node_index here, node_index there)
      : caf::actor_proxy{config}, net_{net}, here_{here}, there_{there} {}

  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    auto& home = net_.stations_.at(here_);
    if (!home || getf(is_terminated_flag)) return;
    auto content = what->move_content_to_message();
    parcel sent;
    sent.target = id();
    sent.id = what->mid;
    if (what->sender) {
      sent.sender = what->sender->id();
      home->system.registry().put(sent.sender, what->sender);
    }
    const auto how = net_.decide_(here_, there_, content);
    caf::binary_serializer sink{&home->unit, sent.bytes};
    const auto problem = sink(content);
    DHR_ASSERT(!problem);
    net_.send(here_, there_, std::move(sent), how);
  }
  bool add_backlink(caf::abstract_actor* x) override {
    return caf::monitorable_actor::add_backlink(x);
  }
  bool remove_backlink(caf::abstract_actor* x) override {
    return caf::monitorable_actor::remove_backlink(x);
  }
  void kill_proxy(caf::execution_unit* unit, caf::error reason) override {
    cleanup(std::move(reason), unit);
  }

 private:
  network& net_;
  const node_index here_;
  const node_index there_;
};

caf::strong_actor_ptr network::station::make_proxy(caf::node_id of, caf::actor_id actor) {
  const auto& all = net.stations_;
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& one) { return one && one->system.node() == of; });
  if (found == all.end()) return nullptr;
  net.watch(index, (*found)->index, actor);
  caf::actor_config config;
  return caf::make_actor<remote, caf::strong_actor_ptr>(actor, std::move(of), &system, config, net,
                                                        index, (*found)->index);
}

node_config::node_config() {
  load<caf::io::middleman>();
  set("scheduler.policy", caf::atom("testing"));
  set("middleman.network-backend", caf::atom("testing"));
  set("middleman.manual-multiplexing", true);
  set("middleman.workers", 0);
}

network::network(weather decide) : decide_{std::move(decide)} {}
network::~network() = default;

node_index network::join(caf::actor_system& system) {
  const auto index = stations_.size();
  stations_.push_back(std::make_unique<station>(*this, index, system));
  return index;
}

void network::leave(node_index node) {
  for (node_index other = 0; other < stations_.size(); ++other) {
    if (other != node && stations_[other]) cut(node, other);
  }
  stations_.at(node).reset();
}

caf::strong_actor_ptr network::proxy(node_index at, node_index of,
                                     const caf::strong_actor_ptr& actor) {
  auto& there = *stations_.at(of);
  there.system.registry().put(actor->id(), actor);
  return stations_.at(at)->proxies.get_or_put(there.system.node(), actor->id());
}

void network::hold(node_index from, node_index to, bool held) { ways_[{from, to}].held = held; }

void network::cut(node_index one, node_index other) {
  ways_[{one, other}].parcels.clear();
  ways_[{other, one}].parcels.clear();
  const auto& a = stations_.at(one);
  const auto& b = stations_.at(other);
  if (!a || !b) return;
  a->proxies.erase(b->system.node());
  b->proxies.erase(a->system.node());
}

void network::send(node_index from, node_index to, parcel what, passage how) {
  if (!stations_.at(from) || !stations_.at(to)) return;
  auto& way = ways_[{from, to}].parcels;
  what.due = now_ + how.delay;
  for (int copy = 0; copy < how.copies; ++copy) way.push_back(what);
}

void network::watch(node_index from, node_index to, caf::actor_id actor) {
  parcel wanted;
  wanted.kind = parcel_kind::watch;
  wanted.target = actor;
  send(from, to, std::move(wanted), {});
}

void network::arrive(node_index from, node_index to, parcel& what) {
  auto& here = *stations_.at(to);
  auto& there = *stations_.at(from);
  if (what.kind == parcel_kind::ended) {
    here.proxies.erase(there.system.node(), what.target);
    return;
  }
  const auto target = here.system.registry().get(what.target);
  if (what.kind == parcel_kind::watch) {
    const auto tell = [this, from, to, actor = what.target](const caf::error&) {
      parcel news;
      news.kind = parcel_kind::ended;
      news.target = actor;
      send(to, from, std::move(news), {});
    };
    if (!target) return tell({});
    target->get()->attach_functor(tell);
    return;
  }
  if (!target) return;
  caf::message content;
  caf::binary_deserializer source{&here.unit, what.bytes};
  const auto problem = source(content);
  DHR_ASSERT(!problem);
  caf::strong_actor_ptr sender;
  if (what.sender != 0) sender = here.proxies.get_or_put(there.system.node(), what.sender);
  target->enqueue(std::move(sender), what.id, std::move(content), &here.unit);
}

bool network::deliver(nanoseconds now) {
  now_ = now;
  bool any = false;
  for (auto& [ends, way] : ways_) {
    while (!way.held && !way.parcels.empty() && way.parcels.front().due <= now) {
      auto next = std::move(way.parcels.front());
      way.parcels.pop_front();
      if (next.kind == parcel_kind::message) way.heard = now;
      arrive(ends.first, ends.second, next);
      any = true;
    }
  }
  return any;
}

std::optional<nanoseconds> network::due_at() const {
  std::optional<nanoseconds> first;
  for (const auto& [ends, way] : ways_) {
    if (way.held || way.parcels.empty()) continue;
    first = std::min(first.value_or(way.parcels.front().due), way.parcels.front().due);
  }
  return first;
}

std::optional<nanoseconds> network::heard_at(node_index from, node_index to) const {
  const auto way = ways_.find({from, to});
  return way == ways_.end() ? std::nullopt : way->second.heard;
}

std::size_t network::on_the_way() const noexcept {
  std::size_t count = 0;
  for (const auto& [ends, way] : ways_) count += way.parcels.size();
  return count;
}

}  // namespace dhr::simulation
