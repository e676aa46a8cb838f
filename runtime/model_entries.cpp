#include "runtime/model_entries.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "runtime/base/log.hpp"
#include "runtime/file_hash.hpp"

namespace dhr {
namespace {

constexpr logger out{"runtime"};

// That of the file that was written last.
std::string date_of(const std::vector<std::filesystem::path>& files) {
  std::string last;
  for (const auto& file : files) last = std::max(last, date_of_file(file));
  return last;
}

}  // namespace

model_entries::model_entries(std::shared_ptr<model_registry> registry, const clock& time)
    : registry_{std::move(registry)}, time_{time} {}

model_entries::~model_entries() { stop(); }

std::uint64_t model_entries::loading(model_source source) {
  const auto version = date_of(source.files);
  const auto entry = registry_->add({source.name, version, {}}, std::move(source.precision), "cpu",
                                    model_state::loading, time_.wall_now());
  if (!source.files.empty()) {
    unhashed_.push_back({entry, std::move(source.name), version, std::move(source.files)});
  }
  return entry;
}

void model_entries::warming(std::uint64_t entry, std::string precision) {
  if (!precision.empty()) registry_->tell_precision(entry, std::move(precision));
  registry_->change(entry, model_state::warming, time_.wall_now());
}

void model_entries::ready(std::uint64_t entry) {
  registry_->change(entry, model_state::ready, time_.wall_now());
}

void model_entries::served(std::string name) {
  registry_->add({std::move(name), {}, {}}, {}, "server", model_state::ready, time_.wall_now());
}

void model_entries::hash_files() {
  if (hashing_.joinable() || unhashed_.empty()) return;
  hashing_ = std::jthread{
      [all = std::exchange(unhashed_, {}), registry = registry_](const std::stop_token& stop) {
        // Conversations come first. On Linux this is of the calling thread alone.
        if (setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19) != 0) {
          out.debug("the hashing of models has the priority of all else");
        }
        hash(stop, all, *registry);
      }};
}

void model_entries::stop() {
  hashing_.request_stop();
  if (hashing_.joinable()) hashing_.join();
}

void model_entries::hash(const std::stop_token& stop, const std::vector<unhashed>& all,
                         model_registry& registry) {
  for (const auto& one : all) {
    auto hash = hash_of_files(one.files, stop);
    if (stop.stop_requested()) return;
    if (hash && date_of(one.files) == one.version) {
      registry.tell_hash(one.entry, std::move(hash).assume_value());
    } else {
      out.warn("a model has no hash",
               {{"model", one.name},
                {"reason", hash ? "its file was written after the model was loaded"
                                : hash.assume_error().message}});
    }
  }
}

}  // namespace dhr
