#pragma once

#include <cartwheel/model.hpp>
#include <memory>
#include <string_view>

namespace cartwheel::pipeline {

/// The model that Model::write wrote. @throws DataError for an unknown name or damaged bytes.
std::shared_ptr<const Model> read_model(std::string_view name, core::ByteReader& in);

}  // namespace cartwheel::pipeline
