// The program dhr. Only here and in runtime/base are the environment and the real clock read.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

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

  std::string url = "http://127.0.0.1:8000";
  auto* status = app.add_subcommand("status", "ask a running server how it is");
  status->add_option("--url", url, "the server's HTTP address")->capture_default_str();

  auto* config = app.add_subcommand("config", "look at the configuration");
  config->require_subcommand(1);
  auto* check = config->add_subcommand(
      "check",
      "check the file and the environment, and show what is in effect and where it comes from");
  check->add_option("file", around.config_file, "the configuration file")->capture_default_str();

  auto* defaults = config->add_subcommand("default", "print a whole file with every key's default");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    const auto status_of_cli = app.exit(problem);
    return status_of_cli == 0 ? 0 : 2;
  }
  if (*serve) return cli::serve(around);
  if (*say) return cli::say(say_options, around);
  if (*status) return cli::status(url);
  if (*defaults) {
    std::cout << default_config_file();
    return 0;
  }
  return cli::config_check(around);
}
