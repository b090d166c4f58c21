/** Clients that register over HTTP, what they ask of, and what their answers were. */
@NullMarked
package ghidanh.benchmarks.load;

import org.jspecify.annotations.NullMarked;
