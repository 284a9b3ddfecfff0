#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/temporary_folder.hpp"

namespace cartwheel::test {

struct ProgramResult {
  int exit_code = -1;  ///< -1 if a signal ended it.
  std::string out, err;
};

/// How to run a program.
struct RunOptions {
  std::vector<std::string> environment;        ///< "NAME=VALUE", besides the test's own.
  std::optional<std::size_t> file_size_limit;  ///< In bytes: writes beyond it fail, as on a full disk.
  std::string out_path;                        ///< Where stdout goes instead of `out`, such as /dev/full.
  std::string folder;                          ///< The working folder; "" for the test's own.
  /// Called with the process once it has written its first bytes to stdout, before the rest is read.
  std::function<void(pid_t)> on_first_output;
};

/// Runs a program to its end. No shell is involved.
inline ProgramResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                                 const RunOptions& options = {}) {
  const TemporaryFolder folder;
  const std::string err_path = (folder / "err").string();
  int pipe_ends[2];
  if (::pipe(pipe_ends) != 0) throw std::runtime_error("pipe failed");
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    const int out = options.out_path.empty() ? pipe_ends[1] : ::open(options.out_path.c_str(), O_WRONLY);
    const int err = ::open(err_path.c_str(), O_WRONLY | O_CREAT, 0600);
    const int in = ::open("/dev/null", O_RDONLY);
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    for (const std::string& pair : options.environment) ::putenv(const_cast<char*>(pair.c_str()));
    if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) std::_Exit(126);
    if (options.file_size_limit) {
      std::signal(SIGXFSZ, SIG_IGN);
      const struct ::rlimit limit { *options.file_size_limit, *options.file_size_limit };
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execv(program.c_str(), argv.data());
    std::_Exit(127);
  }
  ::close(pipe_ends[1]);
  ProgramResult result;
  char buffer[65536];
  bool first = true;
  for (::ssize_t n = 0; (n = ::read(pipe_ends[0], buffer, sizeof buffer)) != 0;) {
    if (n < 0) {
      if (errno == EINTR) continue;
      break;
    }
    result.out.append(buffer, static_cast<std::size_t>(n));
    if (first && options.on_first_output) options.on_first_output(child);
    first = false;
  }
  ::close(pipe_ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  std::ifstream err_file(err_path);
  result.err = (std::ostringstream() << err_file.rdbuf()).str();
  return result;
}

}  // namespace cartwheel::test
