#include "benchmarks/support/chaos_figures.hpp"

#include <algorithm>

namespace dhr::bench {
namespace {

bool has(const std::vector<std::string>& faults, const char* fault) {
  return std::find(faults.begin(), faults.end(), fault) != faults.end();
}

void tell_nodes(report& told, const std::vector<std::string>& faults, const chaos_figures& out) {
  auto detect_ms = out.kill.detect_ms;
  detect_ms.insert(detect_ms.end(), out.stop.detect_ms.begin(), out.stop.detect_ms.end());
  if (has(faults, "kill") || has(faults, "stop")) {
    told.figure("detect_ms_p99", percentile(detect_ms, 0.99), "ms", "at most 6000");
  }
  if (has(faults, "kill")) {
    told.figure("failover_ms_p50", percentile(out.kill.resumed_ms, 0.5), "ms");
    told.figure("failover_ms_p99", percentile(out.kill.resumed_ms, 0.99), "ms", "at most 8000");
  }
  if (has(faults, "stop")) {
    told.figure("stopped_failover_ms_p99", percentile(out.stop.resumed_ms, 0.99), "ms");
  }
  if (has(faults, "term")) {
    told.figure("handover_gap_ms_p99", percentile(out.gap_ms, 0.99), "ms", "at most 500");
    told.figure("drain_s", percentile(out.drain_s, 1), "s", "at most 20");
    told.figure("bad_ends", static_cast<double>(out.bad_ends), "", "0");
  }
}

void tell_isolated(report& told, const chaos_figures& out) {
  const auto& seen = out.isolated;
  told.figure("isolated_detect_ms_p99", percentile(seen.detect_ms, 0.99), "ms", "at most 6000");
  told.figure("isolated_failover_ms_p50", percentile(seen.resumed_ms, 0.5), "ms");
  told.figure("isolated_failover_ms_p99", percentile(seen.resumed_ms, 0.99), "ms", "at most 8000");
  told.figure("isolated_fence_ms_p99", percentile(out.fence_ms, 0.99), "ms", "at most 6000");
  told.figure("isolated_late_fences", static_cast<double>(out.late_fences), "", "0");
  told.figure("isolated_turns_after_fence", static_cast<double>(out.turns_after_fence), "", "0");
  told.figure("isolated_clients_told_ms_p99", percentile(out.isolated_told_ms, 0.99), "ms");
  told.figure("isolated_clients_untold", static_cast<double>(out.untold), "", "0");
  told.figure("isolated_clients_turns_lost", static_cast<double>(out.isolated_clients.turns_lost),
              "");
  told.figure("isolated_clients_silent", static_cast<double>(out.isolated_clients.silent), "", "0");
}

void tell_parted(report& told, const std::string& how, const chaos_times& seen) {
  told.figure(how + "_detect_ms_p99", percentile(seen.detect_ms, 0.99), "ms", "at most 6000");
  told.figure(how + "_told_ms_p99", percentile(seen.told_ms, 0.99), "ms");
  told.figure(how + "_resumed_ms_p50", percentile(seen.resumed_ms, 0.5), "ms");
  told.figure(how + "_resumed_ms_p99", percentile(seen.resumed_ms, 0.99), "ms");
}

void tell_tally(report& told, const std::string& whose, const chaos_tally& count) {
  const auto tell = [&](const char* what, std::uint64_t value, const char* promise) {
    told.figure(whose + what, static_cast<double>(value), "", promise);
  };
  tell("turns", count.turns, "");
  tell("turns_broken", count.turns_broken, "");
  tell("turns_lost", count.turns_lost, "0");
  tell("not_resumed", count.not_resumed, "0");
  tell("connections_lost", count.connections_lost, "0");
  tell("errors", count.errors, "0");
  tell("silent", count.silent, "0");
}

}  // namespace

void tell(report& told, const std::vector<std::string>& faults, const chaos_figures& out) {
  told.figure("owned_by_victim_min", percentile(out.owned, 0), "");
  tell_nodes(told, faults, out);
  if (has(faults, "cut")) {
    tell_isolated(told, out);
    tell_parted(told, "parted", out.parted);
    tell_parted(told, "one_way", out.one_way);
    told.figure("parted_moved", static_cast<double>(out.moved), "", "0");
    tell_tally(told, "parted_clients_", out.parted_clients);
  }
  tell_tally(told, "", out.nodes);
  if (has(faults, "store")) {
    told.figure("store_wait_ms_p50", percentile(out.store_wait_ms, 0.5), "ms");
    told.figure("store_wait_ms_max", percentile(out.store_wait_ms, 1), "ms");
    told.figure("store_leases_lost", static_cast<double>(out.leases_lost), "");
    tell_tally(told, "store_", out.store);
  }
}

}  // namespace dhr::bench
