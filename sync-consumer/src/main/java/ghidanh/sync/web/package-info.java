/** What the REST answers of all features share: RFC 9457 problems. */
@NullMarked
package ghidanh.sync.web;

import org.jspecify.annotations.NullMarked;
