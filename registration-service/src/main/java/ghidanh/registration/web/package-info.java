/** What all HTTP answers of this service share. */
@NullMarked
package ghidanh.registration.web;

import org.jspecify.annotations.NullMarked;
