package ghidanh.registration.outbox;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the relays empty the shards' outboxes.
 *
 * @param enabled whether this instance relays; false leaves it to other instances, and lag grows while there are none
 * @param batchSize rows sent per round, and so how many are sent again after a crash; RATIONALE.md shows where larger stops
 *     paying
 * @param pollInterval pause after a look at an idle outbox; what plain SQL writes waits up to this long
 * @param busyPollInterval first pause after a round that found rows, doubled up to {@code pollInterval} with every empty
 *     look; keeps what other instances write from waiting a whole {@code pollInterval}
 * @param lookBack how far behind the newest row the quick look starts; longer burns CPU while dead rows cannot be
 *     vacuumed, shorter leaves more late commits to the full look
 * @param fullLookInterval how often the whole outbox is looked at; a transaction open longer than {@code lookBack} waits up
 *     to this long after its commit
 * @param electionInterval how often an instance that does not relay a shard tries to; how long a shard has no relay after
 *     the relaying instance died
 * @param sessionTimeout silence after which a shard takes the lock from its relay; how long a shard has no relay after the
 *     relaying instance froze or was cut off
 * @param deliveryTimeout how long Kafka may take to acknowledge a batch before the relay backs off
 * @param linger how long an event may wait in the producer for others to fill a request
 * @param firstRetry pause after the first failure in a row; doubled, with jitter, up to {@code maxRetry}
 * @param maxRetry longest pause while Kafka or a shard is away; how late its return may be noticed
 * @param stopTimeout how long a stop waits for the batch in hand; cut off after that, it is sent again by the next relay
 */
@Validated
@ConfigurationProperties("ghidanh.relay")
public record RelaySettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("2000") @Min(1) @Max(10_000) int batchSize,
        @DefaultValue("200ms") @DurationMin(millis = 1) Duration pollInterval,
        @DefaultValue("10ms") @DurationMin(millis = 1) Duration busyPollInterval,
        @DefaultValue("1s") @DurationMin Duration lookBack,
        @DefaultValue("1s") @DurationMin Duration fullLookInterval,
        @DefaultValue("1s") @DurationMin(millis = 10) Duration electionInterval,
        @DefaultValue("10s") @DurationMin(seconds = 1) Duration sessionTimeout,
        @DefaultValue("10s") @DurationMin(seconds = 1) Duration deliveryTimeout,
        @DefaultValue("0ms") @DurationMin Duration linger,
        @DefaultValue("100ms") @DurationMin(millis = 1) Duration firstRetry,
        @DefaultValue("5s") @DurationMin(millis = 1) Duration maxRetry,
        @DefaultValue("5s") @DurationMin Duration stopTimeout) {

    public RelaySettings {
        // A relay that lets the shard wait longer than this would be taken for a frozen one.
        Duration longest = sessionTimeout.dividedBy(2);
        if (pollInterval.compareTo(longest) > 0 || electionInterval.compareTo(longest) > 0) {
            throw new IllegalArgumentException("ghidanh.relay.poll-interval (" + pollInterval
                    + ") and ghidanh.relay.election-interval (" + electionInterval
                    + ") must not exceed half of ghidanh.relay.session-timeout (" + sessionTimeout + ")");
        }
        if (busyPollInterval.compareTo(pollInterval) > 0) {
            throw new IllegalArgumentException("ghidanh.relay.busy-poll-interval (" + busyPollInterval
                    + ") must not exceed ghidanh.relay.poll-interval (" + pollInterval + ")");
        }
        if (firstRetry.compareTo(maxRetry) > 0) {
            throw new IllegalArgumentException("ghidanh.relay.first-retry (" + firstRetry
                    + ") must not exceed ghidanh.relay.max-retry (" + maxRetry + ")");
        }
        if (linger.compareTo(deliveryTimeout.dividedBy(2)) > 0) {
            throw new IllegalArgumentException("ghidanh.relay.linger (" + linger
                    + ") must not exceed half of ghidanh.relay.delivery-timeout (" + deliveryTimeout + ")");
        }
    }

    /** How often a relay that waits for something else lets its shard know that it is alive. */
    Duration touchInterval() {
        return sessionTimeout.dividedBy(5);
    }
}
