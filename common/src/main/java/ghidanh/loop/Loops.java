package ghidanh.loop;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Makes the loops of a service and tells in {@code /actuator/health} which of them died. They go on by themselves, so
 * neither liveness nor readiness depends on it. Thread-safe.
 */
@Component("loops")
public final class Loops implements HealthIndicator {

    private static final Duration RESTART = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final Map<String, Loop> running = new ConcurrentSkipListMap<>();

    public Loops() {
        this(Clock.systemUTC());
    }

    public Loops(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Work that is done and done again, until it is interrupted.
     *
     * @param first before the first run
     * @param pause between two runs
     * @param name of the loop and its thread
     * @param shard for the name and the log; null if it works for all
     */
    public Loop every(Duration first, Duration pause, String name, @Nullable String shard, Loop.Work work) {
        return new Loop(this, name, shard, first, pause, false, work);
    }

    /**
     * Work of one run that lasts: one that returns was the last, one that dies is followed by another.
     *
     * @param name of the loop and its thread
     * @param shard for the name and the log; null if it works for all
     */
    public Loop lasting(String name, @Nullable String shard, Loop.Work work) {
        return new Loop(this, name, shard, Duration.ZERO, RESTART, true, work);
    }

    Instant now() {
        return clock.instant();
    }

    void started(Loop loop) {
        running.put(loop.name(), loop);
    }

    void ended(Loop loop) {
        running.remove(loop.name(), loop);
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up();
        running.forEach((name, loop) -> {
            Optional<Loop.Death> death = loop.death();
            if (death.isPresent()) {
                health.down()
                        .withDetail(
                                name,
                                Map.of(
                                        "since", death.get().since(),
                                        "error", death.get().error()));
            } else {
                health.withDetail(name, "running");
            }
        });
        return health.build();
    }
}
