/** Registration day: what the write path takes through HTTP, against pgbench on the same shard. */
@NullMarked
package ghidanh.benchmarks.rush;

import org.jspecify.annotations.NullMarked;
