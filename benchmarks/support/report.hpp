#pragma once
// What every benchmark prints and writes: a table for a person, and with --json FILE one object
// {"benchmark", "commit", "machine", "figures": {name: number}}.

#include <string>
#include <vector>

namespace dhr::bench {

// q in [0, 1]; nearest rank; 0 for no values.
[[nodiscard]] double percentile(std::vector<double> values, double q);

class report {
 public:
  explicit report(std::string benchmark) : benchmark_{std::move(benchmark)} {}

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
  std::vector<line> lines_;
};

}  // namespace dhr::bench
