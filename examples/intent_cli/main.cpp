#include <fmt/format.h>

#include <algorithm>
#include <cartwheel/device.hpp>
#include <cartwheel/error.hpp>
#include <cartwheel/threads.hpp>
#include <cartwheel/version.hpp>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "command.hpp"
#include "core/suggest.hpp"
#include "interrupt.hpp"
#include "output.hpp"

namespace intent_cli {
namespace {

std::string overview() {
  std::string text = "intent_cli: purchase intent from clickstreams\n\nUsage:\n  intent_cli COMMAND ...\n\nCommands:\n";
  for (const Command* command : commands) text += fmt::format("  {:<10}{}\n", command->name, command->summary);
  return text +
         "\nExample:\n  intent_cli generate --events 200000 --out events.csv\n"
         "  intent_cli run examples/intent_cli/experiment.toml events.csv\n\n"
         "'intent_cli COMMAND --help' shows a command's options; --version the version.\n";
}

const Command& find_command(const std::string& name) {
  const auto found = std::ranges::find(commands, name, [](const Command* command) { return command->name; });
  if (found != commands.end()) return **found;
  std::vector<std::string_view> names;
  for (const Command* command : commands) names.push_back(command->name);
  throw cartwheel::ParameterError(
      fmt::format("unknown command '{}'{} (see: intent_cli --help)", name, cartwheel::core::suggestion(name, names)));
}

void run(const std::vector<std::string>& words) {
  if (words.empty()) throw cartwheel::ParameterError("a command is needed (see: intent_cli --help)");
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") return print(overview());
  if (words[0] == "--version") return print(fmt::format("cartwheel {}\n", cartwheel::version()));
  const Command& command = find_command(words[0]);
  const Arguments arguments(command, {words.begin() + 1, words.end()});
  if (arguments.help()) return print(help_text(command));
  cartwheel::with_device(arguments.device(),
                         [&] { cartwheel::with_threads(arguments.threads(), [&] { command.run(arguments); }); });
}

int fail(std::string_view text, int exit_code) {
  fmt::print(stderr, "error: {}\n", text);
  return exit_code;
}

}  // namespace
}  // namespace intent_cli

int main(int argc, char** argv) {
  using namespace intent_cli;
  catch_interrupts();
  try {
    run({argv + 1, argv + argc});
    return 0;
  } catch (const cartwheel::ParameterError& error) {
    return fail(error.what(), 2);
  } catch (const cartwheel::DataError& error) {
    return fail(error.what(), 3);
  } catch (const cartwheel::DeviceError& error) {
    return fail(error.what(), 4);
  } catch (const CheckFailed& failed) {
    return fail(failed.what(), 5);
  } catch (const cartwheel::Cancelled&) {
    return fail("interrupted; nothing half-written was left behind", 130);
  } catch (const std::bad_alloc&) {
    return fail("out of memory: the data do not fit; use fewer events or a machine with more memory", 3);
  } catch (const std::exception& error) {
    return fail(fmt::format("unexpected: {} (please report this)", error.what()), 1);
  }
}
