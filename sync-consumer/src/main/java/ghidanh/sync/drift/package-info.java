/** Proof that the master equals the shards: comparison by checksums, what differs by name, and repair. */
@NullMarked
package ghidanh.sync.drift;

import org.jspecify.annotations.NullMarked;
