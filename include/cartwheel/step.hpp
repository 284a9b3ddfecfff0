#pragma once

#include <cartwheel/feature_matrix.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

namespace [[gnu::visibility("hidden")]] core {
class ByteReader;
class ByteWriter;
}  // namespace core

/// A fitted step between extractor and model: it turns columns into other columns. Immutable, so safe to share between
/// threads. What it knows, it knows from training rows.
class Step {
 public:
  virtual ~Step() = default;

  /// One of step_names(), such as "standard_scaler".
  virtual std::string_view name() const = 0;
  /// The columns of the fit, in order; none for a step that takes any.
  virtual const std::vector<std::string>& feature_names() const {
    static const std::vector<std::string> any;
    return any;
  }
  /// The columns that the next step, or the model, is given: as many rows as `x`, in its order.
  /// @throws DataError unless the columns are those of the fit (names and order).
  virtual FeatureMatrix transform(const FeatureMatrix& x) const = 0;
  /// Brings P(y = 1), as the model gives it, back to what holds for the rows before this step: for steps that change
  /// the share of positives in training. Most steps leave it as it is.
  virtual void correct(std::span<double> probability) const { static_cast<void>(probability); }

  /// Writes the fitted state. Same data, parameters and seed give the same bytes on any machine.
  virtual void write(core::ByteWriter& out) const = 0;
};

/// Training rows on their way from the extractor to the model. A step hands on as many as it likes.
struct TrainingRows {
  FeatureMatrix x;
  std::vector<std::uint8_t> y;  ///< One label a row, each 0 or 1.
};

}  // namespace cartwheel
