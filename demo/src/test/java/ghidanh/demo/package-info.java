@NullMarked
package ghidanh.demo;

import org.jspecify.annotations.NullMarked;
