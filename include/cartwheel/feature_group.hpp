#pragma once

#include <cartwheel/account.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/feature_matrix.hpp>
#include <cartwheel/session_table.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace [[gnu::visibility("default")]] cartwheel {

/// The windows that a group of features is asked about.
struct WindowRows {
  const SessionTable& sessions;
  std::span<const std::uint32_t> rows;  ///< Of `sessions`, in the order of the result; a row may occur more than once.
  std::size_t session_size;             ///< How many events of a window are looked at, at most.

  std::size_t size() const { return rows.size(); }

  /// The events that are looked at of the i-th row asked for.
  struct Window {
    std::size_t begin;  ///< Place of the first one in the window columns of `sessions`.
    std::size_t count;  ///< At least 1.
  };
  Window window(std::size_t i) const {
    const std::size_t row = rows[i], events = sessions.event_count[row];
    return {row * static_cast<std::size_t>(sessions.options.size), events < session_size ? events : session_size};
  }
};

/// Features that belong together: what extractor V2 is composed of. A group of your own is a class derived from this
/// one, and a call of register_feature_group; docs/features.md shows one.
///
/// Features of a row may depend on its window, on what was learned up to the end of training, and on events of the log
/// that are earlier than the row's first; on nothing else (tests and `intent_cli audit` check it).
class FeatureGroup {
 public:
  using Columns = std::vector<FeatureMatrix::Column>;
  virtual ~FeatureGroup() = default;

  /// What the columns mean, in their order. @param options  of the sessions: a label may forbid features.
  virtual std::vector<FeatureDefinition> definitions(const SessionOptions& options) const = 0;

  /// Learns what there is to learn from events up to `train_end`, and gives the columns of training rows, as of each
  /// row's start. Here: learns nothing.
  virtual Columns fit_columns(const WindowRows& windows, std::int64_t train_end) {
    static_cast<void>(train_end);
    return columns(windows);
  }
  /// The columns of any rows, with what was learned. Called from several threads.
  virtual Columns columns(const WindowRows& windows) const = 0;

  /// What was learned, as bytes that are the same for the same data. Here: nothing.
  virtual std::string state() const { return {}; }
  /// Takes what state() gave. @param what  names the source in errors. @throws DataError for other bytes.
  virtual void restore(std::string_view state, const std::string& what);

  /// Counts the values of the rows' windows that are missing, or that training had never seen. Here: none.
  virtual void count_values(const WindowRows&, Account&) const {}
};

/// @param parameters  the full set of extractor V2's, so that a group can know `session_size`.
using FeatureGroupMaker = std::function<std::unique_ptr<FeatureGroup>(const Parameters& parameters)>;

/// Lets `groups` of extractor V2, and model files, name a group. To be called before other threads use extractors, also
/// by a program that loads such a model. @throws ParameterError if the name is taken, or is not made of letters, digits
/// and _.
void register_feature_group(const std::string& name, FeatureGroupMaker make);

/// The names that `groups` of extractor V2 may hold, in the order of their columns.
std::vector<std::string> feature_group_names();

}  // namespace cartwheel
