#pragma once

namespace intent_cli {

/// From now on the first Ctrl-C (or a request to terminate) only sets a flag, so that work stops at a safe point with
/// nothing half-written; the second one ends the program at once.
void catch_interrupts();
bool interrupted();

}  // namespace intent_cli
