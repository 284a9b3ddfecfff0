#pragma once

#include <cartwheel/step.hpp>
#include <cstdint>
#include <span>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

enum class Resampling : std::uint8_t {
  under,  ///< Rows of the larger class are left out, at random without replacement.
  over,   ///< Rows of the smaller class are repeated, drawn at random with replacement; each stays at least once.
};

struct ResamplerOptions {
  Resampling strategy = Resampling::under;
  /// Rows of the smaller class for each row of the larger one afterwards, (0, 1]. Training rows that have this ratio or
  /// a higher one stay as they are.
  double ratio = 1.0;
  std::uint64_t seed = 0;
};

/// A step that changes how often rows occur in training. It leaves columns and all later rows alone, and brings
/// probabilities back to the share of positives before it: P' = b P / (b P + 1 - P) with b the factor by which it
/// raised the odds, inverted (C. Elkan, "The Foundations of Cost-Sensitive Learning", 2001).
class Resampler final : public Step {
 public:
  /// @param y  labels, each 0 or 1, both present. @throws DataError, ParameterError.
  static Resampler fit(std::span<const std::uint8_t> y, const ResamplerOptions& options);
  static Resampler read(core::ByteReader& in);

  /// The rows to train on, increasing; a row that is repeated occurs several times. The choice depends on the seed and
  /// the labels alone. @param y  those of the fit.
  std::vector<std::uint32_t> rows(std::span<const std::uint8_t> y) const;

  std::string_view name() const override { return "resample"; }
  FeatureMatrix transform(const FeatureMatrix& x) const override { return x; }
  void correct(std::span<double> probability) const override;
  void write(core::ByteWriter& out) const override;

  /// By how much a probability's odds are multiplied to undo the step; 1 if it changed nothing.
  double odds_factor() const { return odds_factor_; }

 private:
  ResamplerOptions options_;
  std::uint8_t smaller_ = 1;  ///< The label of the smaller class (1 where both are alike).
  std::uint32_t wanted_ = 0;  ///< Rows of the class that is changed, afterwards; 0: nothing changes.
  double odds_factor_ = 1.0;
};

}  // namespace cartwheel
