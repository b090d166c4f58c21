/** How far the master is behind, and what a registration costs, warm and in the first seconds after a start. */
@NullMarked
package ghidanh.benchmarks.lag;

import org.jspecify.annotations.NullMarked;
