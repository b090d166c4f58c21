/** Measures the targets, each against a yardstick of the same run: machines differ, ratios less. */
@NullMarked
package ghidanh.benchmarks;

import org.jspecify.annotations.NullMarked;
