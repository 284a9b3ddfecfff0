#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cartwheel::data {

/// Where the bytes that matter to CSV lie in 64 bytes of text: bit i stands for byte i.
struct CsvBytes {
  static constexpr std::size_t width = 64;

  std::uint64_t delimiter, quote, line_feed, carriage_return;
  friend bool operator==(const CsvBytes&, const CsvBytes&) = default;
};

/// Fills `out` from the 64 * out.size() bytes at `text`.
using FindCsvBytes = void (*)(const char* text, char delimiter, std::span<CsvBytes> out);

/// One way to do it, which this machine has.
struct CsvBytesFinder {
  std::string_view name;
  FindCsvBytes find;
};

/// All ways that this machine has, which give the same bits; the last one is the fastest.
std::span<const CsvBytesFinder> csv_bytes_finders();

}  // namespace cartwheel::data
