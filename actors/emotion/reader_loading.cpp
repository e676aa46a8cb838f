#include "actors/emotion/reader_loading.hpp"

#include <exception>
#include <new>
#include <string>
#include <utility>

namespace dhr {
namespace {

// A sentence that is as long for the reader as it is wanted, or as near to it as it can be.
std::string sentence_of(const sentence_reader& reader, std::uint32_t length) {
  constexpr std::string_view words = "well then ";
  constexpr std::size_t bytes_a_unit_max = 16;
  std::string text{words.front()};
  while (reader.length_of(text) < length && text.size() < bytes_a_unit_max * length) {
    text += words[text.size() % words.size()];
  }
  return text;
}

result<void> load_parts(const load_order& order, loaded_readers& made) {
  const auto& model = *made.model;
  for (const auto& part : order.parts) {
    const auto entry =
        order.models->add(model.facts(), model.precision_on(part.device), to_string(part.device),
                          model_state::loading, order.time->wall_now());
    made.readers.push_back({part.place, entry, nullptr});
    DHR_TRY(auto reader, model.reader_for(part.device));
    order.models->change(entry, model_state::warming, order.time->wall_now());
    DHR_TRY(warm_up(*reader, part.buckets));
    made.readers.back().reader = std::move(reader);
  }
  return ok();
}

result<void> load_into(const load_order& order, loaded_readers& made) {
  try {
    made.model = order.running;
    if (order.open) {
      DHR_TRY(made.model, order.open(*order.running));
    }
    return made.model ? load_parts(order, made) : result<void>{ok()};
  } catch (const std::bad_alloc&) {
    return fail(errc::overloaded, "the memory does not suffice");
  } catch (const std::exception& thrown) {
    return fail(errc::failed, thrown.what());
  } catch (...) {
    return fail(errc::failed, "something unknown was thrown");
  }
}

}  // namespace

result<void> warm_up(sentence_reader& reader, const std::vector<std::uint32_t>& buckets) {
  for (const auto length : buckets) {
    const std::string sentence = sentence_of(reader, length);
    DHR_TRY(const auto scores, reader.read(std::span{&sentence, 1}));
    if (scores.size() != 1) {
      return fail(errc::failed,
                  "a reader gave " + std::to_string(scores.size()) + " answers for one sentence");
    }
  }
  return ok();
}

loaded_readers load_readers(const load_order& order) {
  loaded_readers made;
  made.job = order.job;
  auto done = load_into(order, made);
  if (done) return made;
  made.problem = std::move(done).assume_error();
  for (const auto& one : made.readers) order.models->remove(one.entry);
  made.readers.clear();
  return made;
}

}  // namespace dhr
