/** Bringing rows to the master again: from the topic, from any point, or from the shards' tables where the topic is lost. */
@NullMarked
package ghidanh.sync.replay;

import org.jspecify.annotations.NullMarked;
