/** What all HTTP answers share: problems (RFC 9457) and the reading of request bodies. */
@NullMarked
package ghidanh.registration.web;

import org.jspecify.annotations.NullMarked;
