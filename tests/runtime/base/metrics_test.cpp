#include "runtime/base/metrics.hpp"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

namespace {

bool has_line(const dhr::metrics& metrics, const std::string& line) {
  return ('\n' + metrics.scrape()).find('\n' + line + '\n') != std::string::npos;
}

}  // namespace

TEST_CASE("counters and gauges begin at zero under all their labels") {
  const dhr::metrics metrics;
  CHECK(has_line(metrics, "digital_human_active_sessions 0"));
  CHECK(has_line(metrics, "digital_human_turns_interrupted_total 0"));
  for (const auto status : dhr::metric_labels::turn_statuses) {
    INFO(status);
    CHECK(has_line(metrics, "digital_human_turns_total{status=\"" + std::string{status} + "\"} 0"));
  }
  CHECK(has_line(metrics, "digital_human_errors_total{code=\"overloaded\"} 0"));
  CHECK(
      has_line(metrics, "digital_human_response_time_seconds_count{interaction_type=\"text\"} 0"));
}

TEST_CASE("sessions and connections are counted up and down") {
  dhr::metrics metrics;
  metrics.session_began();
  metrics.session_began();
  metrics.session_ended();
  metrics.connection_opened();
  metrics.connection_opened();
  metrics.connection_closed("slow");
  CHECK(has_line(metrics, "digital_human_active_sessions 1"));
  CHECK(has_line(metrics, "digital_human_connections 1"));
  CHECK(has_line(metrics, "digital_human_connections_closed_total{reason=\"slow\"} 1"));
}

TEST_CASE("a duration is observed in seconds") {
  dhr::metrics metrics;
  metrics.response_took("text", dhr::milliseconds{1'500});
  metrics.first_audio_after(dhr::milliseconds{250});
  metrics.first_token_after(dhr::milliseconds{125});
  metrics.synthesis_took(dhr::milliseconds{500});
  CHECK(
      has_line(metrics, "digital_human_response_time_seconds_sum{interaction_type=\"text\"} 1.5"));
  CHECK(has_line(metrics, "digital_human_first_audio_seconds_sum 0.25"));
  CHECK(has_line(metrics, "digital_human_first_audio_seconds_bucket{le=\"0.3\"} 1"));
  CHECK(has_line(metrics, "digital_human_first_audio_seconds_bucket{le=\"0.2\"} 0"));
  CHECK(has_line(metrics, "digital_human_first_token_seconds_sum 0.125"));
  CHECK(has_line(metrics, "digital_human_synthesis_seconds_sum 0.5"));
}

TEST_CASE("each event is counted in its own family") {
  dhr::metrics metrics;
  metrics.turn_ended("completed");
  metrics.turn_interrupted();
  metrics.tokens_written(20);
  metrics.stale_dropped("outbox");
  metrics.chunk_late();
  metrics.queue_holds("synthesis", 12);
  metrics.queue_holds("synthesis", 3);
  metrics.child_restarted("voice");
  metrics.engine_fell_back();
  metrics.error_answered(dhr::errc::deadline);
  metrics.turn_answered_again();
  metrics.client_taken_over();
  metrics.peer_changed("suspected");
  metrics.conversations_fenced(7, dhr::milliseconds{250});
  for (const auto* line :
       {"digital_human_turns_total{status=\"completed\"} 1",
        "digital_human_turns_interrupted_total 1", "digital_human_tokens_total 20",
        "digital_human_stale_dropped_total{queue=\"outbox\"} 1",
        "digital_human_late_chunks_total 1", "digital_human_queue_items{queue=\"synthesis\"} 3",
        "digital_human_restarts_total{child=\"voice\"} 1", "digital_human_engine_fallbacks_total 1",
        "digital_human_errors_total{code=\"deadline\"} 1",
        "digital_human_turns_answered_again_total 1", "digital_human_clients_taken_over_total 1",
        "digital_human_peer_changes_total{event=\"suspected\"} 1",
        "digital_human_fenced_conversations_total 7", "digital_human_fencing_seconds_sum 0.25"}) {
    INFO(line);
    CHECK(has_line(metrics, line));
  }
}

TEST_CASE("each device worker counts under its own labels") {
  dhr::metrics metrics;
  auto voice = metrics.worker({"synthesis", "cpu", "joe"});
  auto other = metrics.worker({"transcription", "cuda:0", "moonshine"});
  const std::string labels = R"(device="cpu",model="joe",worker="synthesis")";
  CHECK(has_line(metrics,
                 "digital_human_worker_drops_total{device=\"cpu\",model=\"joe\",reason="
                 "\"expired\",worker=\"synthesis\"} 0"));
  voice.queue_holds(3);
  voice.request_waited(dhr::milliseconds{250});
  voice.batch_took(4, dhr::milliseconds{500});
  voice.request_dropped("expired");
  voice.request_dropped("whatever");
  other.batch_took(1, dhr::milliseconds{20});
  for (const auto& line :
       {"queue_items{" + labels + "} 3", "wait_seconds_sum{" + labels + "} 0.25",
        "run_seconds_sum{" + labels + "} 0.5", "batch_items_sum{" + labels + "} 4",
        "batch_items_count{" + labels + "} 1"}) {
    INFO(line);
    CHECK(has_line(metrics, "digital_human_worker_" + line));
  }
  for (const std::string reason : {"expired", "other"}) {
    CHECK(
        has_line(metrics, R"(digital_human_worker_drops_total{device="cpu",model="joe",reason=")" +
                              reason + R"(",worker="synthesis"} 1)"));
  }
}

TEST_CASE("a label outside of its closed set is counted as other") {
  dhr::metrics metrics;
  metrics.connection_closed("conv_0123456789abcdef");
  metrics.child_restarted("");
  CHECK(has_line(metrics, "digital_human_connections_closed_total{reason=\"other\"} 1"));
  CHECK(has_line(metrics, "digital_human_restarts_total{child=\"other\"} 1"));
  CHECK(metrics.scrape().find("conv_") == std::string::npos);
}

TEST_CASE("GPU utilization is there only for devices that were seen") {
  dhr::metrics metrics;
  CHECK(metrics.scrape().find("gpu_utilization") == std::string::npos);
  metrics.gpu_utilization(1, 37.5);
  metrics.gpu_utilization(1, 62.5);
  CHECK(has_line(metrics, "digital_human_gpu_utilization{device=\"cuda:1\"} 62.5"));
}

TEST_CASE("no count is lost between threads") {
  dhr::metrics metrics;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) metrics.tokens_written(1);
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(has_line(metrics, "digital_human_tokens_total 4000"));
}
