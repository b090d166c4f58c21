/** How long a change takes from the shard's commit to the master's, as a whole and by stage. */
@NullMarked
package ghidanh.sync.lag;

import org.jspecify.annotations.NullMarked;
