/** Students over HTTP. */
@NullMarked
package ghidanh.registration.student.web;

import org.jspecify.annotations.NullMarked;
