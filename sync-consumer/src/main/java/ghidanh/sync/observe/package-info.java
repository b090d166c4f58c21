/** What no event can tell: rows that have not arrived, events that wait, and how far the clocks are apart. */
@NullMarked
package ghidanh.sync.observe;

import org.jspecify.annotations.NullMarked;
