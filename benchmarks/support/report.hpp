#pragma once
// What every benchmark prints and writes: a table for a person, then one line of JSON, and that
// line with --json FILE into the file as well:
// {"benchmark", "commit", "machine", "config": {name: number}, "figures": {name: number}}.

#include <string>
#include <utility>
#include <vector>

namespace dhr::bench {

// q in [0, 1]; nearest rank; 0 for no values.
[[nodiscard]] double percentile(std::vector<double> values, double q);

class report {
 public:
  explicit report(std::string benchmark) : benchmark_{std::move(benchmark)} {}

  // What was chosen for this run and decides what its figures mean.
  void config(std::string name, double value) { config_.emplace_back(std::move(name), value); }

  // A figure with its unit and, where the issue or the documentation promises one, its bound.
  void figure(std::string name, double value, std::string unit, std::string promise = {});

  // Prints the table; writes the file unless its name is empty. Returns the exit status.
  [[nodiscard]] int finish(const std::string& json_file) const;

 private:
  struct line {
    std::string name;
    double value;
    std::string unit;
    std::string promise;
  };
  std::string benchmark_;
  std::vector<std::pair<std::string, double>> config_;
  std::vector<line> lines_;
};

}  // namespace dhr::bench
