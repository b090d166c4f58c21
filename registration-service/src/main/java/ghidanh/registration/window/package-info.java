/** When students register for a term. */
@NullMarked
package ghidanh.registration.window;

import org.jspecify.annotations.NullMarked;
