#pragma once
// What the node's reader of emotion and its device workers say to each other. They live in one
// process, so none of this crosses a wire.

#include <memory>

#include "actors/emotion/actors.hpp"
#include "actors/emotion/reader_loading.hpp"
#include "gpu/device_health.hpp"

namespace dhr {

// A reader that takes the place of the worker's own between two batches. Taken once.
struct reader_parcel {
  struct content {
    std::unique_ptr<sentence_reader> reader;
    label_scores thresholds;
  };
  std::shared_ptr<content> inside;
};

// The worker's last word, after which it ends and answers nothing more: its device failed. What it
// had and has not answered is to be given to another one.
struct worker_failed {
  std::uint64_t worker = 0;
  device_failure why = device_failure::fault;
  error reason;
};

struct loading_done {
  std::shared_ptr<loaded_readers> made;
};

// The numbers are the asker's own. A request is answered by emotion_read or reading_failed under
// its number, in order for each conversation, or by worker_failed for all.
using reading_worker_actor =
    caf::typed_actor<caf::reacts_to<std::uint64_t, read_emotion>, caf::reacts_to<cancel_feeling>,
                     caf::reacts_to<reader_parcel>>;

using reading_worker_client =
    caf::typed_actor<caf::reacts_to<std::uint64_t, emotion_read>,
                     caf::reacts_to<std::uint64_t, reading_failed>, caf::reacts_to<worker_failed>>;

using reader_loading_client = caf::typed_actor<caf::reacts_to<loading_done>>;

}  // namespace dhr

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::reader_parcel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::worker_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::loading_done)
