/** What is wrong with a shard's sync, where, since when and what to do: one sentence for whoever operates it. */
@NullMarked
package ghidanh.sync.diagnosis;

import org.jspecify.annotations.NullMarked;
