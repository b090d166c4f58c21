/** Who calls, and what they may do: sign-in of people and programs for both services. */
@NullMarked
package ghidanh.access;

import org.jspecify.annotations.NullMarked;
