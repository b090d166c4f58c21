/** Students, found by number or name on all shards at once. */
@NullMarked
package ghidanh.registration.student;

import org.jspecify.annotations.NullMarked;
