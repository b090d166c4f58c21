@NullMarked
package ghidanh.sync.observe;

import org.jspecify.annotations.NullMarked;
