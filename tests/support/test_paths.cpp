#include "support/test_paths.hpp"

namespace cartwheel::test {

const char* golden_dir() { return CARTWHEEL_GOLDEN_DIR; }
const char* shared_data_dir() { return CARTWHEEL_SHARED_DATA_DIR; }

}  // namespace cartwheel::test
