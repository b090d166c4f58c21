/** Registrations as HTTP shows them. */
@NullMarked
package ghidanh.registration.read.web;

import org.jspecify.annotations.NullMarked;
