#pragma once

/// Where tests find files. Only one source file knows these paths, so that the objects of all others are the same in
/// every checkout, and ccache has them.
namespace cartwheel::test {

/// tests/golden.
const char* golden_dir();
/// ../shared/data beside the checkout, which is no part of the repository.
const char* shared_data_dir();

}  // namespace cartwheel::test
