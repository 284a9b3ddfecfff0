#pragma once

#include <cartwheel/audit.hpp>
#include <vector>

#include "analysis/audit_proofs.hpp"

namespace cartwheel::analysis {

/// Checks of a batch's data: features that alone are too good, sessions and users on both sides, drift of base rate,
/// features and scores. @param final_fold  of the batch, fitted.
void add_notes(const FoldBaseline& final_fold, const AuditOptions& options, std::vector<AuditNote>& notes);

}  // namespace cartwheel::analysis
