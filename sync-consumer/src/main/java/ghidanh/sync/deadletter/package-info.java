/** Events given up on, with their reason: writing them to the dead letter topic, listing them, putting them through again. */
@NullMarked
package ghidanh.sync.deadletter;

import org.jspecify.annotations.NullMarked;
