/** Finds what events did not bring: registrations that have no event, and marks that were lost. */
@NullMarked
package ghidanh.sync.sweep;

import org.jspecify.annotations.NullMarked;
