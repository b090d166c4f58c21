@NullMarked
package ghidanh.sync.sweep;

import org.jspecify.annotations.NullMarked;
