/** Moves the outbox rows of every shard to Kafka: one relay per shard, elected by a lock on the shard itself. */
@NullMarked
package ghidanh.registration.outbox;

import org.jspecify.annotations.NullMarked;
