@NullMarked
package ghidanh.sync.lag;

import org.jspecify.annotations.NullMarked;
