// Learns from a small log which sessions end with something in the cart, and scores a new one. Writes the model to the file
// that it is given.
#include <cartwheel/event_log.hpp>
#include <cartwheel/pipeline.hpp>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <numeric>
#include <string>
#include <vector>

namespace {

constexpr std::int64_t minute = 60'000'000;  // microseconds
constexpr std::int64_t begin = 1'700'000'000'000'000;

/// Three views, and perhaps a cart event; prices are in 1/10,000 of a unit.
void add_session(cartwheel::EventLogBuilder& log, int number, std::int64_t price, bool cart) {
  const std::string session = "session" + std::to_string(number), user = "user" + std::to_string(number);
  cartwheel::EventFields event;
  event.session = session;
  event.user = user;
  event.product = "shoe";
  event.price = price;
  event.time = begin + number * 10 * minute;
  for (int view = 0; view < 3; ++view, event.time += minute) log.add(event);
  event.type = cartwheel::EventType::cart;
  if (cart) log.add(event);
}

}  // namespace

int main(int argc, char** argv) try {
  // In this shop, what is cheap is put into the cart. The last session is the new one.
  constexpr int known = 200;
  cartwheel::EventLogBuilder builder;
  for (int number = 0; number < known; ++number) {
    const bool cheap = number % 4 == 0;
    add_session(builder, number, cheap ? 95'000 : 1'250'000, cheap != (number % 20 == 0));
  }
  add_session(builder, known, 99'000, false);

  cartwheel::Account account;
  const cartwheel::SessionTable sessions = cartwheel::build_sessions(builder.build(), {}, account);
  std::vector<std::uint32_t> training(known);
  std::iota(training.begin(), training.end(), 0u);
  cartwheel::PipelineRecipe recipe;
  recipe.model = "bernoulli_nb";
  recipe.steps = cartwheel::default_steps(recipe.model);
  const cartwheel::Pipeline pipeline =
      cartwheel::fit_pipeline(sessions, training, sessions.log_begin, sessions.log_end, recipe, {});

  const std::vector<std::uint32_t> new_session = {known};
  std::printf("P(cart) = %.3f\n", pipeline.predict_proba(sessions, new_session).front());
  if (argc > 1) cartwheel::save_pipeline(pipeline, argv[1]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "error: %s\n", error.what());
  return 1;
}
