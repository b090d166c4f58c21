/** Sections of the current term, and which term that is. */
@NullMarked
package ghidanh.registration.section;

import org.jspecify.annotations.NullMarked;
