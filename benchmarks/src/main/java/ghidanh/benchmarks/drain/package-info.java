/** How fast a backlog drains, and what a long transaction on a shard does to the lag: {@code benchmarks/drain}. */
@NullMarked
package ghidanh.benchmarks.drain;

import org.jspecify.annotations.NullMarked;
