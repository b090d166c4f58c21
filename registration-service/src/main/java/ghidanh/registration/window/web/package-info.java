/** Registration windows over HTTP. */
@NullMarked
package ghidanh.registration.window.web;

import org.jspecify.annotations.NullMarked;
