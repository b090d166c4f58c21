/** What several features ask Kafka for: consumers, and how far topics and groups are. */
@NullMarked
package ghidanh.sync.kafka;

import org.jspecify.annotations.NullMarked;
