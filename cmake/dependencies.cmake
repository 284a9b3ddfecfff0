# The libraries Cartwheel is compiled with: headers alone.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(FastFloat REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(Boost 1.74 REQUIRED)  # Asio and Beast
# Debian's libxxhash has no CMake package; we use it as a header alone.
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)

# The libraries it is linked with, which bind whoever links it: cmake/cartwheelConfig.cmake.in finds them for users.
find_package(Threads REQUIRED)
find_package(fmt 9 REQUIRED)
# These two are linked by their names, because Debian's isa-l has no CMake package.
find_library(ISAL_LIBRARY isal REQUIRED)
find_path(ISAL_INCLUDE_DIR isa-l/igzip_lib.h REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)
find_path(ZSTD_INCLUDE_DIR zstd.h REQUIRED)
mark_as_advanced(ISAL_LIBRARY ISAL_INCLUDE_DIR ZSTD_LIBRARY ZSTD_INCLUDE_DIR)
if(CARTWHEEL_PARALLEL_BACKEND STREQUAL "tbb")
  find_package(TBB REQUIRED)
elseif(NOT CARTWHEEL_PARALLEL_BACKEND STREQUAL "std")
  message(FATAL_ERROR "CARTWHEEL_PARALLEL_BACKEND is '${CARTWHEEL_PARALLEL_BACKEND}'; it must be tbb or std")
endif()
