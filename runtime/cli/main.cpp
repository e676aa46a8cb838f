// The program dhr. Only here and in runtime/base are the environment and the real clock read.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>

#include "runtime/base/ids.hpp"
#include "runtime/cli/commands.hpp"

extern char** environ;

namespace {

using namespace dhr;

environment read_environment() {
  environment variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string line{*entry};
    const auto equals = line.find('=');
    if (equals != std::string::npos) variables[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return variables;
}

// The project's file where there is one: beside the caller, or in the folder the program was built
// from.
std::filesystem::path find_config_file() {
  for (const auto& folder : {std::filesystem::path{"."}, std::filesystem::path{DHR_SOURCE_DIR}}) {
    auto file = folder / "config" / "digital_human.yml";
    if (std::filesystem::exists(file)) return file.lexically_normal();
  }
  return {};
}

// llama.cpp's OpenMP threads spin at their barriers for so long that, when another thread needs a
// core as well, a token takes a hundred times its time. libgomp reads how long to spin when it is
// loaded, so the program sets it and starts itself anew; whoever sets one of the two variables is
// left alone.
void spin_briefly(char** argv) {
  if (getenv("GOMP_SPINCOUNT") != nullptr || getenv("OMP_WAIT_POLICY") != nullptr) return;
  setenv("GOMP_SPINCOUNT", "2000", 1);
  execv("/proc/self/exe", argv);
  unsetenv("GOMP_SPINCOUNT");  // it goes on slower where /proc is missing
}

// The commands on the store. The one that is called for is put into `chosen`.
void add_store_commands(CLI::App& app, cli::surroundings& around, std::function<int()>& chosen) {
  const auto options = std::make_shared<cli::store_options>();
  auto* store = app.add_subcommand("store", "look at the kept conversations; needs no server");
  store->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, auto run) {
    auto* command = store->add_subcommand(name, what);
    command->add_option("--path", options->path, "a SQLite file instead of the configured store");
    command->add_option("--config", around.config_file, "the configuration file")
        ->capture_default_str();
    command->callback([&chosen, &around, options, run] {
      chosen = [=, &around] { return run(*options, around); };
    });
    return command;
  };
  add("migrate", "make the tables, or bring them to this version", cli::store_migrate);
  add("check", "read everything and say whether it is sound", cli::store_check);
  add("list", "show the conversations, the last saved first", cli::store_list)
      ->add_option("--limit", options->limit, "how many at most")
      ->capture_default_str();
  add("export", "print a conversation as JSON", cli::store_export)
      ->add_option("conversation", options->conversation, "its id")
      ->required();
  add("delete", "erase a conversation; end it on a running server first, or it is saved anew",
      cli::store_delete)
      ->add_option("conversation", options->conversation, "its id")
      ->required();
}

void add_calibrate_commands(CLI::App& app, cli::surroundings& around,
                            std::function<int()>& chosen) {
  const auto options = std::make_shared<cli::calibrate_options>();
  auto* calibrate = app.add_subcommand("calibrate", "fit what is read to what people say of it");
  calibrate->require_subcommand(1);
  auto* emotion = calibrate->add_subcommand(
      "emotion",
      "fit the reading of emotion to labelled sentences, and print how well it does before and "
      "after");
  emotion
      ->add_option("file", options->file,
                   "lines of a sentence, a tab and its GoEmotions labels, separated by commas")
      ->required();
  emotion->add_option("--out", options->out, "the file for the calibration")->capture_default_str();
  emotion->add_option("--config", around.config_file, "the configuration file")
      ->capture_default_str();
  emotion->callback([&chosen, &around, options] {
    chosen = [options, &around] { return cli::calibrate_emotion(*options, around); };
  });
}

void add_cluster_commands(CLI::App& app, cli::surroundings& around, std::function<int()>& chosen) {
  const auto options = std::make_shared<cli::cluster_options>();
  auto* cluster = app.add_subcommand("cluster", "look at the nodes that share the store");
  cluster->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, auto run) {
    auto* command = cluster->add_subcommand(name, what);
    command->add_option("--path", options->store.path,
                        "a SQLite file instead of the configured store");
    command->add_option("--config", around.config_file, "the configuration file")
        ->capture_default_str();
    command->callback([&chosen, &around, options, run] {
      chosen = [=, &around] { return run(*options, around); };
    });
    return command;
  };
  add("status", "show the nodes: state, lease, load, conversations", cli::cluster_status)
      ->add_flag("--json", options->json, "as JSON");
  auto* conversations =
      add("conversations", "show which node owns which conversation", cli::cluster_conversations);
  conversations->add_option("--node", options->node, "of this node alone");
  conversations->add_option("--limit", options->store.limit, "how many at most")
      ->capture_default_str();
  conversations->add_flag("--json", options->json, "as JSON");
  const auto add_wish = [&](const char* name, const char* what, auto run) {
    auto* command = add(name, what, run);
    command->add_flag("!--no-wait", options->wait, "only tell the nodes");
    command->add_option("--timeout", options->patience_s, "how many seconds to wait for it")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    return command;
  };
  add_wish("drain", "hand a node's conversations to the others; it lives on and takes no new ones",
           cli::cluster_drain)
      ->add_option("node", options->node, "its name")
      ->required();
  add("resume", "let a drained node take conversations again", cli::cluster_resume)
      ->add_option("node", options->node, "its name")
      ->required();
  auto* move = add_wish("move", "let a conversation go on at another node", cli::cluster_move);
  move->add_option("conversation", options->conversation, "its id")->required();
  move->add_option("node", options->node, "where it shall be")->required();
  add("evict", "end the lease of a node that is known to be dead", cli::cluster_evict)
      ->add_option("node", options->node, "its name")
      ->required();
}

}  // namespace

int main(int argc, char** argv) {
  spin_briefly(argv);
  CLI::App app{
      "Digital humans: conversations with a mind, a voice and a face.\n"
      "Every setting is in config/digital_human.yml; DHR_<PATH> in the environment overrides it."};
  app.name("dhr");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string{"dhr "} + DHR_VERSION);

  cli::surroundings around{find_config_file(), std::filesystem::path{DHR_SOURCE_DIR} / "web",
                           read_environment()};
  const auto add_config = [&](CLI::App* command) {
    command->add_option("--config", around.config_file, "the configuration file")
        ->capture_default_str();
  };

  auto* serve =
      app.add_subcommand("serve", "run the server: the page, the HTTP API, the WebSocket");
  add_config(serve);
  serve->add_option("--web", around.web_root, "the page's folder")->capture_default_str();

  cli::say_options say_options;
  auto* say = app.add_subcommand(
      "say",
      "say something to the digital human and write its answer as WAV, frames and transcript");
  say->add_option("text", say_options.text, "what to say")->required();
  say->add_option("--out", say_options.out, "the folder for the answer")->capture_default_str();
  say->add_flag("--verbatim", say_options.verbatim,
                "speak the text itself instead of an answer to it");
  add_config(say);

  cli::talk_options talk_options;
  auto* talk = app.add_subcommand(
      "talk",
      "send a recording as a caller would, at the pace of its sound, and write what is answered");
  talk->add_option("file", talk_options.file, "the recording: WAV, FLAC, Ogg or MP3")
      ->required()
      ->check(CLI::ExistingFile);
  talk->add_option("--out", talk_options.out,
                   "the file for the answers' sound, in time with the recording")
      ->capture_default_str();
  talk->add_option("--frames", talk_options.frames, "a file for the face's frames (CSV)");
  talk->add_option("--instructions", talk_options.instructions, "who it is to be");
  talk->add_option("--voice", talk_options.voice, "the voice of the answers");
  talk->add_option("--turn-detection", talk_options.turn_detection,
                   "how the end of a turn is found")
      ->check(CLI::IsMember({"server_vad", "semantic_vad"}));
  add_config(talk);

  cli::status_options status_options;
  auto* status = app.add_subcommand("status", "ask a running server how it is");
  status->add_option("--url", status_options.url,
                     "the server's address, http: or https:; without it the configured one");
  status
      ->add_option("--ca", status_options.ca,
                   "a certificate (PEM) to trust; without it the configured server's own")
      ->check(CLI::ExistingFile);
  status->add_option("--key", status_options.key, "the key that the server wants")
      ->envname("DHR_API_KEY");
  add_config(status);

  auto* config = app.add_subcommand("config", "look at the configuration");
  config->require_subcommand(1);
  auto* check = config->add_subcommand(
      "check",
      "check the file and the environment, and show what is in effect and where it comes from");
  check->add_option("file", around.config_file, "the configuration file")->capture_default_str();

  auto* defaults = config->add_subcommand("default", "print a whole file with every key's default");

  auto* key = app.add_subcommand("key", "print a fresh key for doors.access.keys");

  std::function<int()> chosen;
  add_store_commands(app, around, chosen);
  add_cluster_commands(app, around, chosen);
  add_calibrate_commands(app, around, chosen);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    const auto status_of_cli = app.exit(problem);
    return status_of_cli == 0 ? 0 : 2;
  }
  if (*serve) return cli::serve(around);
  if (*say) return cli::say(say_options, around);
  if (*talk) return cli::talk(talk_options, around);
  if (*status) return cli::status(status_options, around);
  if (chosen) return chosen();
  if (*key) {
    std::cout << make_random_id("dhr-") + make_random_id("") + make_random_id("") << '\n';
    return 0;
  }
  if (*defaults) {
    std::cout << default_config_file();
    return 0;
  }
  return cli::config_check(around);
}
