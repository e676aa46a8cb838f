#pragma once
// What the cluster counts, by intent. The host implements it with its registry and its log; called
// on the threads of the cluster's actors.

#include <cstdint>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"
#include "runtime/cluster/membership_table.hpp"
#include "runtime/store/node_types.hpp"

namespace dhr {

class cluster_metrics {
 public:
  virtual ~cluster_metrics() = default;
  virtual void lease_begun(const node_identity&) {}         // conversations may be taken up
  virtual void lease_renewed(nanoseconds) {}                // the store answered after this time
  virtual void lease_trouble(const error&) {}               // an attempt failed; it is tried again
  virtual void lease_lost(const node_identity&) {}          // conversations are being ended
  virtual void lease_fenced(std::uint32_t, nanoseconds) {}  // so many were, and it took this long

  virtual void peer_changed(const peer_change&) {}  // for the log and the counters
  virtual void peer_refused(const node_identity&, const std::string& /*why*/) {}
  virtual void dial_failed(const node_identity&, const std::string& /*why*/) {}  // tried again
  virtual void seed_failed(const std::string& /*address*/, const std::string& /*why*/) {}  // too
  virtual void links(std::size_t) {}  // nodes that this one is connected to

  virtual void drain_wanted(bool) {}  // an operator's wish came, or was taken back
  virtual void handing_over(const conversation_id&, const node_name& /*to*/) {}  // as wished
  virtual void wish_dropped(const conversation_id&, const node_name&, const std::string& /*why*/) {}
  virtual void giving_away(std::uint32_t, const node_name& /*to*/) {}  // to even the load
};

}  // namespace dhr
