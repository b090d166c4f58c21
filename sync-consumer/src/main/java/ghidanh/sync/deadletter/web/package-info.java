/** Dead letters over REST. */
@NullMarked
package ghidanh.sync.deadletter.web;

import org.jspecify.annotations.NullMarked;
