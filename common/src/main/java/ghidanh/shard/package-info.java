/** The shard catalogue: which shards there are, which universities live where, and how to reach them. */
@NullMarked
package ghidanh.shard;

import org.jspecify.annotations.NullMarked;
