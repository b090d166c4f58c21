@NullMarked
package ghidanh.sync.diagnosis;

import org.jspecify.annotations.NullMarked;
