#include "serve/window_table.hpp"

#include "sessions/fill_table.hpp"

namespace cartwheel::serve {

using data::TextColumn;

void WindowTable::Texts::clear() {
  codes.clear();
  ends.assign(1, 0);
  text.clear();
}

Code WindowTable::Texts::code_of(std::string_view value) {
  if (value.empty()) return missing_code;
  const Dictionary known(ends, text);
  for (Code code = 1; code < known.size(); ++code)
    if (known[code] == value) return code;
  text += value;
  ends.push_back(text.size());
  return static_cast<Code>(ends.size() - 1);
}

WindowTable::WindowTable() : storage_(std::make_shared<EventLog::Storage>()) { table_.log = EventLog(storage_); }

const SessionTable& WindowTable::fill(const SessionOptions& options, const Window& window) {
  time_.clear();
  price_.clear();
  type_.clear();
  for (Texts& texts : texts_) texts.clear();
  for (const EventFields& event : window.events) {
    time_.push_back(event.time);
    price_.push_back(event.price);
    type_.push_back(event.type);
    const data::ByTextColumn<std::string_view> values{event.product, event.category_id, event.category_code,
                                                      event.brand,   window.user,       window.session};
    for (std::size_t column = 0; column < values.size(); ++column)
      texts_[column].codes.push_back(texts_[column].code_of(values[column]));
  }
  storage_->time = time_;
  storage_->price = price_;
  storage_->type = type_;
  for (std::size_t column = 0; column < texts_.size(); ++column) {
    storage_->codes[column] = texts_[column].codes;
    storage_->dictionaries[column] = Dictionary(texts_[column].ends, texts_[column].text);
  }
  if (table_.size() != 1 || table_.options.size != options.size) {
    table_.options = options;
    sessions::resize(table_, 1);
  }
  table_.options = options;
  set_row(window);
  return table_;
}

void WindowTable::set_row(const Window& window) {
  const std::size_t count = window.events.size();
  table_.log_begin = time_.front();
  table_.log_end = time_.back();
  table_.session[0] = storage_->codes_of(TextColumn::session)[0];
  table_.user[0] = storage_->codes_of(TextColumn::user)[0];
  table_.start[0] = time_.front();
  table_.window_end[0] = window.window_end;
  table_.label_time[0] = window.label_time;
  table_.start_sequence[0] = 0;
  table_.label[0] = 0;
  table_.event_count[0] = static_cast<std::uint32_t>(count);
  const Event missing;
  const auto codes_of = [&](TextColumn column) { return storage_->codes_of(column); };
  for (std::size_t i = 0; i < static_cast<std::size_t>(table_.options.size); ++i) {
    const bool there = i < count;
    table_.time[i] = there ? time_[i] : missing.time;
    table_.price[i] = there ? price_[i] : missing.price;
    table_.type[i] = there ? type_[i] : missing.type;
    table_.product[i] = there ? codes_of(TextColumn::product)[i] : missing_code;
    table_.category_id[i] = there ? codes_of(TextColumn::category_id)[i] : missing_code;
    table_.category_code[i] = there ? codes_of(TextColumn::category_code)[i] : missing_code;
    table_.brand[i] = there ? codes_of(TextColumn::brand)[i] : missing_code;
  }
}

}  // namespace cartwheel::serve
