// What is told of devices and models.

#include "runtime/base/device_counts.hpp"

#include <catch2/catch.hpp>

#include "runtime/base/metrics.hpp"

using namespace dhr;

TEST_CASE("a device's failures count from zero, with what went on elsewhere") {
  metrics counts;
  const auto devices = counts.devices();
  devices->add_device("cuda:0", {"out_of_memory", "unusable"});
  devices->device_up("cuda:0", true);
  auto text = counts.scrape();
  CHECK_THAT(text, Catch::Contains("digital_human_device_up{device=\"cuda:0\"} 1"));
  CHECK_THAT(text, Catch::Contains("digital_human_device_failures_total{device=\"cuda:0\","
                                   "reason=\"unusable\"} 0"));
  devices->device_failed("cuda:0", "unusable", 3);
  devices->device_up("cuda:0", false);
  text = counts.scrape();
  CHECK_THAT(text, Catch::Contains("digital_human_device_up{device=\"cuda:0\"} 0"));
  CHECK_THAT(text, Catch::Contains("digital_human_device_failures_total{device=\"cuda:0\","
                                   "reason=\"unusable\"} 1"));
  CHECK_THAT(text,
             Catch::Contains("digital_human_device_requests_moved_total{device=\"cuda:0\"} 3"));
}

TEST_CASE("a model that another one replaced is not told any more") {
  metrics counts;
  const auto devices = counts.devices();
  devices->show_models({{"emotion", "1", "aa", "fp32", "cpu", "ready"}});
  CHECK_THAT(counts.scrape(), Catch::Contains("hash=\"aa\""));
  devices->show_models({{"emotion", "2", "bb", "fp32", "cpu", "ready"}});
  CHECK_THAT(counts.scrape(), Catch::Contains("hash=\"bb\"") && !Catch::Contains("hash=\"aa\""));
}
