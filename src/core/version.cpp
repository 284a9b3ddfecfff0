#include <cartwheel/version.hpp>

namespace cartwheel {
std::string_view version() { return CARTWHEEL_VERSION; }
}  // namespace cartwheel
