/** Registers and withdraws, in batches on the shard that a student lives in. */
@NullMarked
package ghidanh.registration.write;

import org.jspecify.annotations.NullMarked;
