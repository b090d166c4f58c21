/** What the HTTP answers of both services share: problems (RFC 9457) and the strict reading of bodies. */
@NullMarked
package ghidanh.web;

import org.jspecify.annotations.NullMarked;
