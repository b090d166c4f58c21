/** The manual sync over REST. */
@NullMarked
package ghidanh.sync.remap.web;

import org.jspecify.annotations.NullMarked;
