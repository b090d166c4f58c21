/** What a replay costs live traffic, and how long it takes to prove that two copies agree. */
@NullMarked
package ghidanh.benchmarks.replay;

import org.jspecify.annotations.NullMarked;
