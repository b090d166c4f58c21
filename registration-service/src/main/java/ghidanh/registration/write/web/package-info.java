/** Registrations as HTTP asks for them. */
@NullMarked
package ghidanh.registration.write.web;

import org.jspecify.annotations.NullMarked;
