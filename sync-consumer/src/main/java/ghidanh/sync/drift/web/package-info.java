/** Drift checks over REST. */
@NullMarked
package ghidanh.sync.drift.web;

import org.jspecify.annotations.NullMarked;
