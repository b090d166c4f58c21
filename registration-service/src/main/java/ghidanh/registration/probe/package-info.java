/** Trial registrations: the lag as one clock sees it. */
@NullMarked
package ghidanh.registration.probe;

import org.jspecify.annotations.NullMarked;
