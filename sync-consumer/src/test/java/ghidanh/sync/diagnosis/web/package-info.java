@NullMarked
package ghidanh.sync.diagnosis.web;

import org.jspecify.annotations.NullMarked;
