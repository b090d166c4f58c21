/** registration-service: writes registrations to the shards, relays their outbox rows to Kafka, answers reads. */
@NullMarked
package ghidanh.registration;

import org.jspecify.annotations.NullMarked;
