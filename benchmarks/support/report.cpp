#include "benchmarks/support/report.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

namespace dhr::bench {
namespace {

std::string commit() {
  const std::unique_ptr<FILE, int (*)(FILE*)> git{
      popen("git -C '" DHR_SOURCE_DIR "' describe --always --dirty 2>/dev/null", "r"), pclose};
  std::array<char, 64> line{};
  if (!git || std::fgets(line.data(), line.size(), git.get()) == nullptr) return "unknown";
  std::string text{line.data()};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string machine() {
  std::string model = "unknown processor";
  std::ifstream info{"/proc/cpuinfo"};
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) {
      model = line.substr(line.find(':') + 2);
      break;
    }
  }
  return model + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores";
}

}  // namespace

double percentile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = std::ceil(q * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

void report::figure(std::string name, double value, std::string unit, std::string promise) {
  lines_.push_back({std::move(name), value, std::move(unit), std::move(promise)});
}

int report::finish(const std::string& json_file) const {
  std::printf("%s  (%s, commit %s)\n", benchmark_.c_str(), machine().c_str(), commit().c_str());
  for (const auto& row : lines_) {
    std::printf("  %-28s %12.3f %-8s %s\n", row.name.c_str(), row.value, row.unit.c_str(),
                row.promise.c_str());
  }
  boost::json::object config;
  for (const auto& [name, value] : config_) config[name] = value;
  boost::json::object figures;
  for (const auto& row : lines_) figures[row.name] = row.value;
  const auto text = boost::json::serialize(boost::json::object{{"benchmark", benchmark_},
                                                               {"commit", commit()},
                                                               {"machine", machine()},
                                                               {"config", std::move(config)},
                                                               {"figures", std::move(figures)}});
  std::printf("%s\n", text.c_str());
  if (json_file.empty()) return 0;
  std::ofstream file{json_file};
  file << text << '\n';
  if (!file.flush()) {
    std::cerr << "cannot write " << json_file << '\n';
    return 1;
  }
  return 0;
}

}  // namespace dhr::bench
