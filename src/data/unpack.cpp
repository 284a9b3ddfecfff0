#include "data/unpack.hpp"

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cartwheel/error.hpp>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/unlinked_file.hpp"

namespace cartwheel::data {
namespace {

constexpr std::string_view gzip_magic = "\x1F\x8B", zstd_magic = "\x28\xB5\x2F\xFD";
constexpr std::size_t piece_bytes = std::size_t{1} << 20;

[[noreturn]] void refuse(const std::string& name, std::string_view format, std::size_t offset,
                         std::string_view reason) {
  throw DataError(
      fmt::format("{}: the {} data are damaged near byte {}: {}\n  fix:  get the whole file again; test it with {} -t",
                  name, format, offset, reason, format));
}

std::string_view gzip_error(int status) {
  switch (status) {
    case ISAL_INCORRECT_CHECKSUM:
      return "the checksum is wrong";
    case ISAL_INVALID_WRAPPER:
    case ISAL_UNSUPPORTED_METHOD:
      return "the header is not that of gzip";
    default:
      return "a block cannot be decoded";
  }
}

void unpack_gzip(std::string_view packed, const std::string& name, core::UnlinkedFile& out) {
  std::vector<std::uint8_t> piece(piece_bytes);
  std::size_t used = 0;
  ::inflate_state state;
  // Zeros fill up the last block of a tape.
  while (used < packed.size() && packed.substr(used).find_first_not_of('\0') != packed.npos) {
    ::isal_inflate_init(&state);
    state.crc_flag = ISAL_GZIP;
    do {
      const std::size_t available = std::min(packed.size() - used, piece_bytes);
      // isa-l declares what it reads as not const.
      state.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(packed.data() + used));
      state.avail_in = static_cast<std::uint32_t>(available);
      state.next_out = piece.data();
      state.avail_out = static_cast<std::uint32_t>(piece.size());
      const int status = ::isal_inflate(&state);
      used += available - state.avail_in;
      if (status < 0) refuse(name, "gzip", used, gzip_error(status));
      const std::size_t made = piece.size() - state.avail_out;
      out.write({reinterpret_cast<const char*>(piece.data()), made});
      if (state.block_state != ISAL_BLOCK_FINISH && available == state.avail_in && made == 0)
        refuse(name, "gzip", used, "they end in the middle");
    } while (state.block_state != ISAL_BLOCK_FINISH);
  }
}

void unpack_zstd(std::string_view packed, const std::string& name, core::UnlinkedFile& out) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (context == nullptr) throw std::bad_alloc();
  std::vector<char> piece(piece_bytes);
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (std::size_t wanted = 1; wanted != 0 || in.pos < in.size;) {
    ZSTD_outBuffer to{piece.data(), piece.size(), 0};
    const std::size_t before = in.pos;
    wanted = ZSTD_decompressStream(context.get(), &to, &in);
    if (ZSTD_isError(wanted)) refuse(name, "zstd", in.pos, ZSTD_getErrorName(wanted));
    out.write({piece.data(), to.pos});
    if (wanted != 0 && in.pos == before && to.pos == 0) refuse(name, "zstd", in.pos, "they end in the middle");
  }
}

}  // namespace

bool is_packed(std::string_view bytes) { return bytes.starts_with(gzip_magic) || bytes.starts_with(zstd_magic); }

std::shared_ptr<const core::MappedFile> unpack(std::shared_ptr<const core::MappedFile> file, const std::string& name) {
  const std::string_view bytes = file->bytes();
  const bool gzip = bytes.starts_with(gzip_magic), zstd = bytes.starts_with(zstd_magic);
  if (!gzip && !zstd) return file;
  core::UnlinkedFile text;
  if (gzip)
    unpack_gzip(bytes, name, text);
  else
    unpack_zstd(bytes, name, text);
  return std::make_shared<const core::MappedFile>(text.descriptor(), name);
}

std::shared_ptr<const core::MappedFile> read_standard_input() {
  core::UnlinkedFile copy;
  std::vector<char> piece(piece_bytes);
  for (;;) {
    const ::ssize_t size = ::read(STDIN_FILENO, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw DataError(fmt::format("cannot read standard input: {}", std::strerror(errno)));
    if (size == 0) break;
    copy.write({piece.data(), static_cast<std::size_t>(size)});
  }
  return std::make_shared<const core::MappedFile>(copy.descriptor(), "standard input");
}

}  // namespace cartwheel::data
