/** What both services measure alike. */
@NullMarked
package ghidanh.metrics;

import org.jspecify.annotations.NullMarked;
