package ghidanh.sync.deadletter;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * An event to give up on.
 *
 * @param event as it came from the shard's topic
 * @param reason the kind of fault
 * @param message what a person needs to know, with the values
 * @param attempts how often the event was tried by itself; outages do not count
 */
public record DeadLetter(ConsumerRecord<byte[], byte[]> event, Reason reason, String message, int attempts) {}
