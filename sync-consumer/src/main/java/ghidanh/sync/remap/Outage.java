package ghidanh.sync.remap;

import ghidanh.database.Obstacle;
import ghidanh.database.Trouble;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outage of one shard, as its listener threads see it: when it began, why, and how long to wait before the next
 * attempt. The wait grows with the outage, so that threads which fail together do not add up. Thread-safe.
 */
class Outage {

    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);
    private static final Duration REMINDER = Duration.ofSeconds(30);

    private final String shard;
    private final RemapSettings settings;
    private final Clock clock;
    private @Nullable Trouble trouble;
    private Instant reminded = Instant.MIN;

    Outage(String shard, RemapSettings settings, Clock clock) {
        this.shard = shard;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Notes a failed attempt.
     *
     * @return how long to wait before the next: half of what the outage has taken, with jitter, within the settings' bounds
     */
    synchronized Duration failed(Obstacle obstacle, String message) {
        Instant now = clock.instant();
        Trouble told = new Trouble(now, obstacle, message).after(trouble);
        Instant since = told.since();
        if (trouble == null || Duration.between(reminded, now).compareTo(REMINDER) >= 0) {
            reminded = now;
            LOG.warn("Shard {} cannot be synced since {}, trying on: {}", shard, since, message);
        }
        trouble = told;
        long wait = Duration.between(since, now).toMillis() / 2;
        long bounded = Math.min(
                Math.max(wait, settings.minBackoff().toMillis()),
                settings.maxBackoff().toMillis());
        return Duration.ofMillis(bounded * 3 / 4 + ThreadLocalRandom.current().nextLong(bounded / 2 + 1));
    }

    /** Notes a successful attempt. */
    synchronized void over() {
        if (trouble != null) {
            LOG.info("Shard {} is synced again after {}", shard, Duration.between(trouble.since(), clock.instant()));
            trouble = null;
        }
    }

    synchronized Optional<Trouble> trouble() {
        return Optional.ofNullable(trouble);
    }
}
