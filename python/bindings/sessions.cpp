#include <cartwheel/error.hpp>
#include <cartwheel/feature_extractor.hpp>
#include <cartwheel/generate.hpp>
#include <cartwheel/read_events.hpp>
#include <cartwheel/session_table.hpp>
#include <cartwheel/threads.hpp>
#include <cstdio>
#include <fstream>

#include "bindings.hpp"

namespace cartwheel::python {
namespace {

/// (count by name, notes by name) of an account.
nb::list to_python(const Account& account) {
  nb::list entries;
  for (const Account::Entry& entry : account.entries())
    entries.append(nb::make_tuple(entry.name, entry.count, entry.note));
  return entries;
}

struct Log {
  EventLog log;
  Account account;
};
struct Sessions {
  SessionTable table;
  Account account;
};

Log read(const std::vector<std::filesystem::path>& names, const std::string& delimiter,
         const std::map<std::string, std::string>& column_names, const std::string& on_bad_row, int threads) {
  if (delimiter.size() != 1) throw ParameterError("delimiter is '" + delimiter + "'; it must be one byte");
  if (on_bad_row != "fail" && on_bad_row != "skip")
    throw ParameterError("on_bad_row is '" + on_bad_row + "'; it must be 'fail' or 'skip'");
  ReadOptions options;
  options.delimiter = delimiter[0];
  options.column_names = column_names;
  options.on_bad_row = on_bad_row == "skip" ? BadRows::skip : BadRows::fail;
  options.progress = [](const Progress&) { return carry_on(); };
  const nb::gil_scoped_release release;
  Log result;
  with_threads(threads, [&] { result.log = read_events(find_event_files(names), options, result.account); });
  return result;
}

Sessions sessions_of(const Log& log, int size, const std::string& label, const std::vector<std::string>& target,
                     std::int64_t horizon, std::int64_t gap, const std::string& short_sessions) {
  SessionOptions options;
  options.size = size;
  for (const Label one : {Label::future, Label::window, Label::session})
    if (label == name_of(one)) options.label = one;
  if (label != name_of(options.label))
    throw ParameterError("label is '" + label + "'; it must be 'future', 'window' or 'session'");
  options.target_cart = options.target_purchase = false;
  for (const std::string& name : target) {
    if (name != "cart" && name != "purchase")
      throw ParameterError("target holds '" + name + "'; it may hold 'cart' and 'purchase'");
    (name == "cart" ? options.target_cart : options.target_purchase) = true;
  }
  options.horizon = horizon;
  options.gap = gap;
  if (short_sessions != "leave_out" && short_sessions != "keep")
    throw ParameterError("short_sessions is '" + short_sessions + "'; it must be 'leave_out' or 'keep'");
  options.short_sessions = short_sessions == "keep" ? ShortSessions::keep : ShortSessions::leave_out;
  const nb::gil_scoped_release release;
  Sessions result;
  result.table = build_sessions(log.log, options, result.account);
  return result;
}

nb::tuple coded(std::span<const Code> codes, const Dictionary& dictionary, nb::handle owner) {
  nb::list texts;
  for (Code code = 0; code < dictionary.size(); ++code)
    texts.append(nb::str(dictionary[code].data(), dictionary[code].size()));
  return nb::make_tuple(view_of(codes, owner), texts);
}

/// The columns of a log: numbers as views, texts as (codes, dictionary).
nb::dict columns_of(nb::handle self) {
  const EventLog& log = nb::cast<const Log&>(self).log;
  nb::dict columns;
  columns["time"] = view_of(log.time(), self);
  columns["type"] = view_of(std::span(reinterpret_cast<const std::uint8_t*>(log.type().data()), log.size()), self);
  columns["product"] = coded(log.product(), log.products(), self);
  columns["category_id"] = coded(log.category_id(), log.category_ids(), self);
  columns["category_code"] = coded(log.category_code(), log.category_codes(), self);
  columns["brand"] = coded(log.brand(), log.brands(), self);
  columns["user"] = coded(log.user(), log.users(), self);
  columns["session"] = coded(log.session(), log.sessions(), self);
  columns["price"] = view_of(log.price(), self);
  return columns;
}

nb::dict columns_of_sessions(nb::handle self) {
  const SessionTable& table = nb::cast<const Sessions&>(self).table;
  nb::list names;
  for (std::size_t row = 0; row < table.size(); ++row) names.append(table.session_name(row));
  nb::dict columns;
  columns["session"] = names;
  columns["start"] = view_of(std::span<const std::int64_t>(table.start), self);
  columns["window_end"] = view_of(std::span<const std::int64_t>(table.window_end), self);
  columns["label_time"] = view_of(std::span<const std::int64_t>(table.label_time), self);
  columns["label"] = view_of(std::span<const std::uint8_t>(table.label), self);
  columns["event_count"] = view_of(std::span<const std::uint32_t>(table.event_count), self);
  return columns;
}

void generate(const std::filesystem::path& path, std::uint64_t events, std::uint64_t seed, int days) {
  const nb::gil_scoped_release release;
  std::ofstream file(path, std::ios::binary);
  generate_events({.events = events, .seed = seed, .days = days},
                  [&](std::string_view text) { file.write(text.data(), static_cast<std::streamsize>(text.size())); });
  if (!file.flush()) throw DataError("cannot write " + path.string());
}

}  // namespace

void bind_sessions(nb::module_& module) {
  using namespace nb::literals;
  nb::class_<Log>(module, "EventLog", "Events in memory: columns of equal length.")
      .def("__len__", [](const Log& log) { return log.log.size(); })
      .def_prop_ro("account", [](const Log& log) { return to_python(log.account); })
      .def("columns", &columns_of);
  module.def("read_events", &read, "files"_a, "delimiter"_a, "column_names"_a, "on_bad_row"_a, "threads"_a);
  module.def("generate_events", &generate, "path"_a, "events"_a, "seed"_a = 0, "days"_a = 158,
             "Writes a synthetic shop's log as CSV: the same for the same seed.");

  nb::class_<SessionTable>(module, "SessionRows", "The rows of sessions, as the library has them.");
  nb::class_<Sessions>(module, "SessionTable", "One row a session: its first events and its label.")
      .def("__len__", [](const Sessions& sessions) { return sessions.table.size(); })
      .def_prop_ro("account", [](const Sessions& sessions) { return to_python(sessions.account); })
      .def_prop_ro(
          "rows", [](const Sessions& s) -> const SessionTable& { return s.table; }, nb::rv_policy::reference_internal)
      .def_prop_ro("log_begin", [](const Sessions& s) { return s.table.log_begin; })
      .def_prop_ro("log_end", [](const Sessions& s) { return s.table.log_end; })
      .def("columns", &columns_of_sessions);
  module.def("build_sessions", &sessions_of, "log"_a, "size"_a, "label"_a, "target"_a, "horizon"_a, "gap"_a,
             "short_sessions"_a);

  nb::class_<FeatureExtractor>(module, "FeatureExtractor", "Turns sessions into columns.")
      .def_prop_ro("name", [](const FeatureExtractor& e) { return std::string(e.name()); })
      .def_prop_ro("parameters", [](const FeatureExtractor& e) { return python::to_python(e.parameters()); })
      .def("definitions",
           [](const FeatureExtractor& e) {
             nb::list list;
             for (const FeatureDefinition& d : e.definitions())
               list.append(nb::make_tuple(d.name, d.definition, d.fitted));
             return list;
           })
      .def(
          "fit_transform",
          [](FeatureExtractor& e, const SessionTable& sessions, const RowNumbers& rows, std::int64_t train_end) {
            std::optional<FeatureMatrix> x;
            {
              const nb::gil_scoped_release release;
              x = e.fit_transform(sessions, span_of(rows), train_end);
            }
            return python::to_python(*x);
          },
          "sessions"_a, "rows"_a, "train_end"_a)
      .def(
          "transform",
          [](const FeatureExtractor& e, const SessionTable& sessions, const RowNumbers& rows) {
            std::optional<FeatureMatrix> x;
            {
              const nb::gil_scoped_release release;
              x = e.transform(sessions, span_of(rows));
            }
            return python::to_python(*x);
          },
          "sessions"_a, "rows"_a);
  module.def(
      "make_feature_extractor",
      [](const std::string& name, const nb::dict& parameters) {
        return make_feature_extractor(name, parameters_from(parameters));
      },
      "name"_a, "parameters"_a);
}

}  // namespace cartwheel::python
