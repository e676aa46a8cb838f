#include "actors/session/memory_codec.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <string_view>
#include <type_traits>
#include <utility>

namespace dhr {
namespace {

namespace json = boost::json;

// Walks the settings once for writing and once for reading, so that no field is in one alone.
class writer {
 public:
  json::object document;

  template <class T>
  void field(std::string_view key, const T& value) {
    if constexpr (std::is_enum_v<T>) {
      document[key] = static_cast<int>(value);
    } else if constexpr (std::is_same_v<T, milliseconds>) {
      document[key] = value.count();
    } else {
      document[key] = value;
    }
  }
  void field(std::string_view key, const std::string& value) { document[key] = value; }
};

class reader {
 public:
  explicit reader(const json::object& from) noexcept : document_{from} {}

  template <class T>
  void field(std::string_view key, T& value) const {
    const auto* found = document_.if_contains(key);
    if (found == nullptr) return;
    if constexpr (std::is_same_v<T, bool>) {
      if (found->is_bool()) value = found->get_bool();
    } else if constexpr (std::is_same_v<T, std::string>) {
      if (found->is_string()) value = std::string{found->get_string()};
    } else if constexpr (std::is_same_v<T, double>) {
      if (found->is_number()) value = found->to_number<double>();
    } else if constexpr (std::is_same_v<T, milliseconds>) {
      if (found->is_int64()) value = milliseconds{found->get_int64()};
    } else {
      if (found->is_int64()) value = static_cast<T>(found->get_int64());
    }
  }

 private:
  const json::object& document_;
};

template <class Access, class Settings>
void walk(Access&& access, Settings& s) {
  access.field("instructions", s.instructions);
  access.field("voice", s.voice);
  access.field("speech_rate", s.speech_rate);
  access.field("modality", s.modality);
  access.field("blendshapes", s.blendshapes);
  access.field("visemes", s.visemes);
  access.field("word_timestamps", s.word_timestamps);
  access.field("idle_animation", s.idle_animation);
  access.field("temperature", s.sampling.temperature);
  access.field("top_p", s.sampling.top_p);
  access.field("tokens_max", s.sampling.tokens_max);
  access.field("input_encoding", s.listening.input.encoding);
  access.field("input_rate", s.listening.input.sample_rate);
  access.field("output_encoding", s.output.encoding);
  access.field("output_rate", s.output.sample_rate);
  auto& detection = s.listening.detection;
  access.field("detection", detection.kind);
  access.field("threshold", detection.threshold);
  access.field("prefix_padding_ms", detection.prefix_padding);
  access.field("silence_duration_ms", detection.silence_duration);
  access.field("eagerness", detection.eagerness);
  access.field("create_response", detection.create_response);
  access.field("interrupt_response", detection.interrupt_response);
  auto& transcription = s.listening.transcription;
  access.field("transcription_wanted", transcription.wanted);
  access.field("transcription_model", transcription.model);
  access.field("transcription_language", transcription.language);
  access.field("transcription_prompt", transcription.prompt);
  access.field("tool_choice", s.choice.kind);
  access.field("tool_choice_function", s.choice.function);
}

json::array array_of(const std::vector<answered_turn>& turns) {
  json::array written;
  for (const auto& turn : turns) {
    writer out;
    out.field("key", turn.key);
    out.field("response", turn.response_id);
    out.field("status", turn.status);
    out.field("reason", turn.reason);
    out.document["items"] = json::array(turn.item_ids.begin(), turn.item_ids.end());
    written.push_back(std::move(out.document));
  }
  return written;
}

std::vector<answered_turn> read_answered(const json::object& document) {
  std::vector<answered_turn> turns;
  const auto* written = document.if_contains("answered");
  if (written == nullptr || !written->is_array()) return turns;
  for (const auto& entry : written->get_array()) {
    if (!entry.is_object()) continue;
    const reader fields{entry.get_object()};
    answered_turn turn;
    fields.field("key", turn.key);
    fields.field("response", turn.response_id);
    fields.field("status", turn.status);
    fields.field("reason", turn.reason);
    const auto* items = entry.get_object().if_contains("items");
    if (turn.key.empty() || items == nullptr || !items->is_array()) continue;
    for (const auto& id : items->get_array()) {
      if (id.is_string()) turn.item_ids.emplace_back(id.get_string());
    }
    turns.push_back(std::move(turn));
  }
  return turns;
}

// Nothing is written of who feels nothing.
void write_mood(const feelings& mood, json::object& document) {
  if (mood == feelings{}) return;
  json::object written;
  for (std::size_t i = 0; i < feeling_count; ++i) written[feeling_names[i]] = mood.weights[i];
  document["mood"] = std::move(written);
}

feelings read_mood(const json::object& document) {
  feelings mood;
  const auto* written = document.if_contains("mood");
  if (written == nullptr || !written->is_object()) return mood;
  const reader in{written->get_object()};
  for (std::size_t i = 0; i < feeling_count; ++i) {
    double weight = 0;
    in.field(feeling_names[i], weight);
    mood.weights[i] = static_cast<float>(std::clamp(weight, 0.0, 1.0));
  }
  return mood;
}

std::string document_of(const session_memory& memory) {
  const auto& settings = memory.settings;
  writer out;
  out.field("owner", memory.owner);
  walk(out, settings);
  if (settings.listening.detection.idle_timeout) {
    out.field("idle_timeout_ms", *settings.listening.detection.idle_timeout);
  }
  json::array tools;
  for (const auto& tool : settings.tools) {
    tools.push_back(json::object{
        {"name", tool.name}, {"description", tool.description}, {"parameters", tool.parameters}});
  }
  out.document["tools"] = std::move(tools);
  if (!memory.answered.empty()) out.document["answered"] = array_of(memory.answered);
  write_mood(memory.mood, out.document);
  return json::serialize(out.document);
}

void read_document(const std::string& document, session_memory& memory) {
  boost::system::error_code trouble;
  const auto parsed = json::parse(document, trouble);
  const auto* object = trouble ? nullptr : parsed.if_object();
  if (object == nullptr) return;
  auto& settings = memory.settings;
  const reader in{*object};
  in.field("owner", memory.owner);
  memory.answered = read_answered(*object);
  memory.mood = read_mood(*object);
  walk(in, settings);
  milliseconds idle{-1};
  in.field("idle_timeout_ms", idle);
  if (idle.count() >= 0) settings.listening.detection.idle_timeout = idle;
  const auto* tools = object->if_contains("tools");
  if (tools == nullptr || !tools->is_array()) return;
  settings.tools.clear();
  for (const auto& entry : tools->get_array()) {
    if (!entry.is_object()) continue;
    const reader fields{entry.get_object()};
    tool_definition tool;
    fields.field("name", tool.name);
    fields.field("description", tool.description);
    fields.field("parameters", tool.parameters);
    settings.tools.push_back(std::move(tool));
  }
}

template <class Enum>
Enum named(std::string_view name, std::initializer_list<Enum> all, Enum fallback) {
  for (const auto value : all) {
    if (name == to_string(value)) return value;
  }
  return fallback;
}

}  // namespace

conversation_snapshot snapshot_of(const turn_id& conversation, session_memory memory,
                                  std::int64_t now_ms) {
  conversation_snapshot snapshot{conversation.conversation,
                                 conversation.epoch,
                                 memory.turn_number,
                                 document_of(memory),
                                 {},
                                 now_ms};
  snapshot.items.reserve(memory.items.size());
  for (auto& item : memory.items) {
    snapshot.items.push_back({std::move(item.id), to_string(item.kind), to_string(item.role),
                              to_string(item.status), std::move(item.text), item.spoken,
                              std::move(item.call_id), std::move(item.name)});
  }
  return snapshot;
}

session_memory memory_of(const conversation_snapshot& snapshot, const session_settings& defaults) {
  session_memory memory{defaults, {}, snapshot.turn_number, {}, {}, {}};
  read_document(snapshot.settings, memory);
  memory.items.reserve(snapshot.items.size());
  for (const auto& stored : snapshot.items) {
    conversation_item item;
    item.id = stored.id;
    item.kind =
        named(stored.kind,
              {item_kind::message, item_kind::function_call, item_kind::function_call_output},
              item_kind::message);
    item.role = named(stored.role, {item_role::system, item_role::user, item_role::assistant},
                      item_role::user);
    // What was under way when the process ended was not finished.
    item.status = stored.status == to_string(item_status::completed) ? item_status::completed
                                                                     : item_status::incomplete;
    item.text = stored.text;
    item.spoken = stored.spoken;
    item.call_id = stored.call_id;
    item.name = stored.name;
    memory.items.push_back(std::move(item));
  }
  return memory;
}

}  // namespace dhr
