#pragma once

#include <cartwheel/step.hpp>
#include <memory>
#include <string_view>

namespace cartwheel::pipeline {

/// The step that Step::write wrote. @throws DataError for an unknown name or damaged bytes.
std::shared_ptr<const Step> read_step(std::string_view name, core::ByteReader& in);

}  // namespace cartwheel::pipeline
