@NullMarked
package ghidanh.sync.remap;

import org.jspecify.annotations.NullMarked;
