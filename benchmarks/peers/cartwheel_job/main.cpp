#include <fmt/format.h>

#include <cartwheel/error.hpp>
#include <cartwheel/threads.hpp>
#include <charconv>
#include <nlohmann/json.hpp>

#include "job.hpp"

namespace cartwheel_job {

const std::string& Settings::text(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw cartwheel::ParameterError(fmt::format("this job needs {}=VALUE", name));
  return found->second;
}

double Settings::number(const std::string& name) const {
  const std::string& value = text(name);
  double number = 0.0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size())
    throw cartwheel::ParameterError(fmt::format("{} is '{}', which is not a number", name, value));
  return number;
}

}  // namespace cartwheel_job

/// cartwheel_job JOB NAME=VALUE...: does one job and prints one JSON object. `threads` is a setting of every job.
int main(int argc, char** argv) try {
  using namespace cartwheel_job;
  const std::map<std::string, Job*> jobs{{"ingest", ingest}, {"sessions", sessions}, {"features", features},
                                         {"forest", forest}, {"linear", linear},     {"bayes", bayes},
                                         {"grid", grid}};
  const auto job = jobs.find(argc > 1 ? argv[1] : "");
  if (job == jobs.end())
    throw cartwheel::ParameterError("usage: cartwheel_job JOB NAME=VALUE...; see job.hpp for the jobs");
  std::map<std::string, std::string> values;
  for (int i = 2; i < argc; ++i) {
    const std::string pair = argv[i];
    values[pair.substr(0, pair.find('='))] = pair.substr(std::min(pair.size(), pair.find('=') + 1));
  }
  const Settings settings(std::move(values));
  nlohmann::json result;
  cartwheel::with_threads(settings.integer("threads"), [&] { result = job->second(settings); });
  fmt::print("{}\n", result.dump());
} catch (const std::exception& error) {
  fmt::print(stderr, "error: {}\n", error.what());
  return 2;
}
