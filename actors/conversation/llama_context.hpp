#pragma once
// llama.cpp's context and its cache, as the runner holds them. Includes llama.h: for the runner
// alone.

#include <llama.h>

#include <memory>

#include "actors/conversation/sequence_table.hpp"

namespace dhr {

struct llama_context_deleter {
  void operator()(::llama_context* context) const { llama_free(context); }
};

using llama_context_pointer = std::unique_ptr<::llama_context, llama_context_deleter>;

// The context outlives it.
class llama_cache final : public kv_cache {
 public:
  explicit llama_cache(::llama_context* context) : memory_{llama_get_memory(context)} {}
  void keep(int sequence, int length) override {
    llama_memory_seq_rm(memory_, sequence, length, -1);
  }
  void copy(int from, int to, int length) override {
    llama_memory_seq_cp(memory_, from, to, 0, length);
  }

 private:
  llama_memory_t memory_;
};

}  // namespace dhr
