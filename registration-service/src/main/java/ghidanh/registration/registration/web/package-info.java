/** Registrations over HTTP. */
@NullMarked
package ghidanh.registration.registration.web;

import org.jspecify.annotations.NullMarked;
