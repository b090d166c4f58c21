/** Translates a shard's rows to the master's, driven by the events of the shard's topic, and marks them on the shard. */
@NullMarked
package ghidanh.sync.remap;

import org.jspecify.annotations.NullMarked;
