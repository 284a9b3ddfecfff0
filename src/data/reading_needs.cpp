#include "data/reading_needs.hpp"

#include <algorithm>

#include "core/memory.hpp"
#include "data/event_block.hpp"
#include "data/event_cache.hpp"
#include "data/event_columns.hpp"
#include "data/unpack.hpp"

namespace cartwheel {
namespace data {
namespace {

constexpr std::uint64_t bytes_of_event = 41;
constexpr std::uint64_t packing = 6;  ///< How many bytes of text are taken to be in one of a compressed file.
constexpr std::size_t sample_bytes = std::size_t{4} << 20;
/// Of the index of a dictionary, at worst.
constexpr std::uint64_t bytes_of_string = 34;

/// Reads the first rows of a file, and adds what they say of it and the others.
void add_sample(const std::filesystem::path& path, const ReadOptions& options, ReadingNeeds& needs) {
  const CsvFile file(path, options.delimiter);
  const EventSchema schema(options.column_names);
  const ColumnPlaces places(file, schema);
  EventBlockReader reader(file, schema, places, BadRows::skip);
  EventBlock block;
  const std::size_t begin = file.rows().offset();
  reader.read(begin, std::min(begin + sample_bytes, file.bytes().size()), block);
  if (block.next == begin) return;
  const double scale = static_cast<double>(needs.text_bytes) / static_cast<double>(block.next);
  EventColumns columns;
  std::uint64_t ids = 0;
  columns.add_numbers(block.time, block.type, block.price);
  for (std::size_t c = 0; c < text_column_count; ++c)
    columns.add_texts(c, block.dictionaries[c].entries(), block.codes[c]);
  const EventLog log = EventColumns::finish(std::move(columns));
  for (const Dictionary& dictionary : log.storage().dictionaries)
    ids += (dictionary.size() - 1) * bytes_of_string + dictionary.text().size();
  needs.events = static_cast<std::uint64_t>(static_cast<double>(log.size()) * scale);
  needs.id_bytes = static_cast<std::uint64_t>(static_cast<double>(ids) * scale);
  needs.column_bytes = needs.events * bytes_of_event;
}

}  // namespace

std::uint64_t text_bytes_of(const core::MappedFile& file) {
  if (is_event_cache(file.bytes())) return 0;
  return file.bytes().size() * (is_packed(file.bytes()) ? packing : 1);
}

bool columns_go_to_disk(ColumnPlace place, std::uint64_t text_bytes) {
  constexpr std::uint64_t bytes_of_row = 128;
  if (place != ColumnPlace::automatic) return place == ColumnPlace::disk;
  return text_bytes / bytes_of_row * bytes_of_event > core::available_memory() / 4;
}

}  // namespace data

ReadingNeeds reading_needs(std::span<const std::filesystem::path> files, const ReadOptions& options) {
  using namespace data;
  ReadingNeeds needs;
  const std::filesystem::path* sample = nullptr;
  for (const std::filesystem::path& path : files) {
    if (path == standard_input) continue;
    const core::MappedFile file(path);
    needs.text_bytes += text_bytes_of(file);
    if (sample == nullptr && text_bytes_of(file) > 0 && !is_packed(file.bytes())) sample = &path;
  }
  if (sample != nullptr) add_sample(*sample, options, needs);
  needs.columns_on_disk = columns_go_to_disk(options.columns, needs.text_bytes);
  return needs;
}

}  // namespace cartwheel
