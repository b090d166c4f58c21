@NullMarked
package ghidanh.sync;

import org.jspecify.annotations.NullMarked;
