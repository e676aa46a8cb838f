#include "runtime/base/config_schema.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "runtime/base/config_binding.hpp"
#include "runtime/base/config_load.hpp"
#include "runtime/base/config_nearest.hpp"
#include "runtime/base/config_validate.hpp"

namespace {

const std::string shipped_file = DHR_SOURCE_DIR "/config/digital_human.yml";

std::string shipped_text() {
  std::ostringstream text;
  text << std::ifstream{shipped_file}.rdbuf();
  return text.str();
}

bool is_about(const std::vector<dhr::relation_problem>& problems, const std::string& key) {
  return problems.size() == 1 && problems[0].keys.front() == key;
}

}  // namespace

TEST_CASE("the shipped file is what the schema writes") {
  INFO("write default_config_file() to config/digital_human.yml");
  CHECK(shipped_text() == dhr::default_config_file());
}

TEST_CASE("the shipped file loads without complaint and equals the defaults") {
  const auto loaded = dhr::load_config(shipped_file, {});
  CHECK(dhr::render(loaded.complaints).empty());
  for (const auto& key : dhr::config_schema()) {
    INFO(key.path);
    CHECK(key.get(loaded.values) == key.get(dhr::config{}));
    CHECK(loaded.origins.contains(key.path));
  }
}

TEST_CASE("the shipped file needs neither a GPU nor a network, and nobody else reaches it") {
  const auto loaded = dhr::load_config(shipped_file, {});
  CHECK(loaded.values.conversation.engine == dhr::settings::engine_kind::embedded);
  CHECK_FALSE(loaded.values.audio2face.enabled);
  CHECK(loaded.values.doors.http.address == "127.0.0.1");
  CHECK(loaded.values.doors.realtime.address == "127.0.0.1");
}

TEST_CASE("every key is documented with its range above it in the shipped file") {
  std::istringstream lines{shipped_text()};
  std::string line, comment;
  std::size_t documented = 0;
  while (std::getline(lines, line)) {
    const auto start = line.find_first_not_of(' ');
    if (start == std::string::npos) continue;
    if (line[start] == '#') {
      comment += line.substr(start + 1);
      continue;
    }
    if (comment.find("; default ") != std::string::npos) ++documented;
    comment.clear();
  }
  CHECK(documented == dhr::config_schema().size());
  for (const auto& key : dhr::config_schema()) {
    INFO(key.path);
    CHECK(key.doc.ends_with('.'));
    CHECK_FALSE(key.range.empty());
    const bool is_time = key.path.ends_with("_ms") || key.path.ends_with("_s");
    CHECK(is_time == (key.unit == "ms" || key.unit == "s"));
  }
}

TEST_CASE("every key has a part, and a path and a variable of its own") {
  std::set<std::string> paths, variables;
  for (const auto& part : dhr::config_parts()) paths.insert(part.path);
  for (const auto& key : dhr::config_schema()) {
    INFO(key.path);
    CHECK(paths.contains(key.path.substr(0, key.path.rfind('.'))));
    CHECK(paths.insert(key.path).second);
    CHECK(variables.insert(dhr::environment_name(key.path)).second);
  }
  for (const auto& alias : dhr::environment_aliases()) {
    CHECK(dhr::find_config_key(alias.path) != nullptr);
  }
}

TEST_CASE("every key takes its own default back, and nothing else changes") {
  for (const auto& key : dhr::config_schema()) {
    INFO(key.path);
    dhr::config values;
    const auto text = key.is_secret ? "" : key.get(values);
    CHECK_FALSE(key.set(values, {text, key.is_text}));
    CHECK(dhr::describe(values) == dhr::describe(dhr::config{}));
  }
}

TEST_CASE("the defaults fit together") { CHECK(dhr::check_relations(dhr::config{}).empty()); }

TEST_CASE("a reply may take half of the context and no more") {
  dhr::config values;
  values.conversation.max_tokens = values.conversation.context_tokens / 2;
  CHECK(dhr::check_relations(values).empty());
  ++values.conversation.max_tokens;
  CHECK(is_about(dhr::check_relations(values), "conversation.max_tokens"));
}

TEST_CASE("waits for a server end before the turn does") {
  dhr::config values;
  values.conversation.sglang.first_token_timeout_ms = values.runtime.turn_timeout_ms;
  CHECK(is_about(dhr::check_relations(values), "conversation.sglang.first_token_timeout_ms"));
  values = {};
  values.conversation.sglang.idle_timeout_ms = values.runtime.turn_timeout_ms;
  CHECK(is_about(dhr::check_relations(values), "conversation.sglang.idle_timeout_ms"));
  values = {};
  values.conversation.sglang.connect_timeout_ms =
      values.conversation.sglang.first_token_timeout_ms + std::chrono::milliseconds{1};
  CHECK(is_about(dhr::check_relations(values), "conversation.sglang.connect_timeout_ms"));
}

TEST_CASE("the engine sglang wants a served model's name") {
  dhr::config values;
  values.conversation.engine = dhr::settings::engine_kind::sglang;
  CHECK(is_about(dhr::check_relations(values), "conversation.model"));
  values.conversation.model = "llama3:70b";
  CHECK(dhr::check_relations(values).empty());
}

TEST_CASE("the first scripted sentence is not longer than the recital") {
  dhr::config values;
  values.conversation.scripted.first_sentence_tokens = values.conversation.scripted.tokens;
  CHECK(dhr::check_relations(values).empty());
  ++values.conversation.scripted.first_sentence_tokens;
  CHECK(is_about(dhr::check_relations(values), "conversation.scripted.first_sentence_tokens"));
}

TEST_CASE("frames divide the samples of a second and chunks hold whole frames") {
  dhr::config values;
  for (const int fps : {20, 25, 30, 40, 50, 60}) {
    values.avatar.fps = fps;
    INFO(fps);
    CHECK(dhr::check_relations(values).empty());
  }
  values.avatar.fps = 24;
  CHECK(is_about(dhr::check_relations(values), "avatar.chunk_ms"));
  values.avatar.chunk_ms = std::chrono::milliseconds{250};
  CHECK(dhr::check_relations(values).empty());
  values.avatar.fps = 29;
  CHECK(is_about(dhr::check_relations(values), "avatar.fps"));
}

TEST_CASE("the server runs ahead by two chunks at least") {
  dhr::config values;
  values.avatar.run_ahead_ms = 2 * values.avatar.chunk_ms;
  CHECK(dhr::check_relations(values).empty());
  values.avatar.run_ahead_ms -= std::chrono::milliseconds{1};
  CHECK(is_about(dhr::check_relations(values), "avatar.run_ahead_ms"));
}

TEST_CASE("the two doors have two ports, unless any free ones will do") {
  dhr::config values;
  values.doors.http.port = values.doors.realtime.port;
  CHECK(is_about(dhr::check_relations(values), "doors.realtime.port"));
  values.doors.http.port = values.doors.realtime.port = 0;
  CHECK(dhr::check_relations(values).empty());
}

TEST_CASE("a door that others reach wants keys") {
  for (const std::string address : {"0.0.0.0", "::", "192.168.1.20", "128.0.0.1"}) {
    INFO(address);
    dhr::config values;
    values.doors.http.address = address;
    CHECK(is_about(dhr::check_relations(values), "doors.http.address"));
    values.doors.access.keys.value = "0123456789abcdef";
    CHECK(dhr::check_relations(values).empty());
    values.doors.access.keys.value = "";
    values.doors.access.keys_file = "keys.txt";
    values.doors.realtime.address = address;
    CHECK(dhr::check_relations(values).empty());
    values.doors.access.keys_file = "";
    CHECK(dhr::check_relations(values).size() == 2);
  }
  for (const std::string address : {"127.0.0.1", "127.1.2.3", "::1"}) {
    dhr::config values;
    values.doors.http.address = values.doors.realtime.address = address;
    CHECK(dhr::check_relations(values).empty());
  }
}

TEST_CASE("the complaint about a door without keys says how to get one") {
  dhr::config values;
  values.doors.realtime.address = "0.0.0.0";
  const auto found = dhr::check_relations(values);
  REQUIRE(is_about(found, "doors.realtime.address"));
  CHECK(found[0].what.find("DHR_DOORS_ACCESS_KEYS") != std::string::npos);
  CHECK(found[0].what.find("dhr key") != std::string::npos);
}

TEST_CASE("a certificate comes with its key") {
  dhr::config values;
  values.doors.tls.certificate = "cert.pem";
  CHECK(is_about(dhr::check_relations(values), "doors.tls.key"));
  values.doors.tls.key = "key.pem";
  CHECK(dhr::check_relations(values).empty());
  values.doors.tls.certificate = "";
  CHECK(is_about(dhr::check_relations(values), "doors.tls.certificate"));
}

TEST_CASE("the transcription's server is reached before its time is over") {
  dhr::config values;
  values.ears.server.timeout_ms = values.ears.server.connect_timeout_ms;
  CHECK(dhr::check_relations(values).empty());
  values.ears.server.timeout_ms -= std::chrono::milliseconds{1};
  CHECK(is_about(dhr::check_relations(values), "ears.server.connect_timeout_ms"));
}

TEST_CASE("texts are refused when they are not of their kind") {
  using namespace dhr::binding;
  struct example {
    const text_rule& rule;
    std::vector<std::string_view> right;
    std::vector<std::string_view> wrong;
  };
  const std::vector<example> examples{
      {ip_address,
       {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1", "1:2:3:4:5:6:7:8"},
       {"", "localhost", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1:2", ":::", "1::2::3",
        "1:2:3:4:5:6:7:8:9", "12345::", ":1", "1:"}},
      {host_and_port,
       {"localhost:50051", "a2f-service:1", "10.0.0.1:65535", "[::1]:8000"},
       {"", "localhost", "localhost:", ":50051", "a:0", "a:65536", "a b:1", "a:1:2", "[::1]",
        "[::1:8000", "[nonsense]:1"}},
      {http_url,
       {"http://127.0.0.1:30000", "https://llm.example/api", "http://[::1]:80/x"},
       {"", "127.0.0.1:30000", "ftp://host", "http://", "http://host:x", "http://me:pw@host",
        "http://host/?a=b", "http://host/#a", "http://ho st"}},
      {compute_devices,
       {"auto", "cpu", "cuda:0", "cuda:63", "cuda:0,cuda:1", "cuda:1, cpu"},
       {"", "cuda", "cuda:", "cuda:-1", "cuda:64", "gpu", "auto,cpu", "cuda:0,"}},
      {gguf_file, {"model.gguf", "/a b/c.gguf"}, {"", "model.bin", "a\nb.gguf"}},
      {one_name, {"v2", "3.0"}, {"", "two words", "tab\there"}},
      {some_text, {"words", "two\nlines"}, {"", " \n\t", "bell\a"}},
      {secret_value, {"", "s3cr3t"}, {"two words", "line\r\nbreak"}},
      {host_list,
       {"", "dhr.example", "a.example, 10.0.0.1 ,fd00::1"},
       {",", "a.example,", "two words", "https://a.example"}},
      {origin_list,
       {"", "https://a.example", "http://a.example:81, https://[::1]:8443"},
       {"a.example", "*", "https://a.example/", "https://a.example/page", "https://a,,"}},
      {key_list,
       {"", "0123456789abcdef", "shop:0123456789abcdef, 0123456789ABCDEF-+/="},
       {"short", "shop:short", "two words 0123456789", "0123456789abcdef,", "a b:0123456789abcdef",
        "0123456789abcdef\n"}},
  };
  for (const auto& [rule, right, wrong] : examples) {
    for (const auto text : right) {
      INFO(rule.range << ": " << text);
      CHECK(rule.accepts(text));
    }
    for (const auto text : wrong) {
      INFO(rule.range << ": " << text);
      CHECK_FALSE(rule.accepts(text));
    }
  }
}

TEST_CASE("the edit distance counts insertions, deletions, replacements and swaps") {
  CHECK(dhr::edit_distance("", "") == 0);
  CHECK(dhr::edit_distance("", "abc") == 3);
  CHECK(dhr::edit_distance("abc", "abc") == 0);
  CHECK(dhr::edit_distance("abc", "abd") == 1);
  CHECK(dhr::edit_distance("abc", "ac") == 1);
  CHECK(dhr::edit_distance("conversatoin", "conversation") == 1);
  CHECK(dhr::edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("PostgreSQL as the store needs an address") {
  dhr::config values;
  values.store.kind = dhr::settings::store_kind::postgres;
  CHECK(is_about(dhr::check_relations(values), "store.postgres_url"));
  values.store.postgres_url.value = "postgresql://dhr@db/dhr";
  CHECK(dhr::check_relations(values).empty());
}

TEST_CASE("a cluster needs a store, and certificates beyond this machine") {
  dhr::config values;
  values.cluster.enabled = true;
  CHECK(dhr::check_relations(values).empty());
  values.store.kind = dhr::settings::store_kind::none;
  CHECK(is_about(dhr::check_relations(values), "store.kind"));
  values.store.kind = dhr::settings::store_kind::sqlite;
  values.cluster.link_address = "0.0.0.0";
  CHECK(is_about(dhr::check_relations(values), "cluster.link_address"));
  values.cluster.tls = {"node.pem", "node.key", ""};
  CHECK(is_about(dhr::check_relations(values), "cluster.tls.certificate"));
  values.cluster.tls.authority = "ca.pem";
  CHECK(dhr::check_relations(values).empty());
}
