@NullMarked
package ghidanh.sync.master;

import org.jspecify.annotations.NullMarked;
