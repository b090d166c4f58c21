/** The sync-consumer: brings what happened on the shards to the master, and keeps doing so through every outage. */
@NullMarked
package ghidanh.sync;

import org.jspecify.annotations.NullMarked;
