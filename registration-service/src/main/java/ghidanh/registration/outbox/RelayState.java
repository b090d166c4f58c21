package ghidanh.registration.outbox;

import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * What the relay of a shard is doing, for health and gauges. Written by its thread, read by any. Its health is OUT_OF_SERVICE
 * while rows cannot leave the outbox; registrations go on meanwhile, so readiness must not depend on it.
 */
class RelayState implements HealthIndicator {

    enum Role {
        /** Not started, stopped, or looking for its shard. */
        AWAY,
        /** Connected; another instance relays. */
        FOLLOWING,
        LEADING
    }

    /**
     * A consistent view.
     *
     * @param role what this instance is to the shard
     * @param trouble why rows stay in the outbox; null if nothing is known to hold them
     * @param since when the trouble began, or the role where there is none
     */
    record View(Role role, @Nullable String trouble, Instant since) {}

    private final String shard;
    private final Clock clock;
    private volatile View view;
    private volatile boolean exactCommits = true;

    RelayState(String shard, Clock clock) {
        this.shard = shard;
        this.clock = clock;
        this.view = new View(Role.AWAY, null, clock.instant());
    }

    String shard() {
        return shard;
    }

    View view() {
        return view;
    }

    @Override
    public Health health() {
        View now = view;
        var health = new Health.Builder(now.role() == Role.AWAY ? Status.UNKNOWN : Status.UP)
                .withDetail("role", now.role().name().toLowerCase(Locale.ROOT))
                .withDetail("since", now.since());
        if (now.trouble() != null) {
            health.outOfService().withDetail("trouble", now.trouble());
        }
        return health.build();
    }

    boolean leads() {
        return view.role() == Role.LEADING;
    }

    boolean exactCommits() {
        return exactCommits;
    }

    /** @param exact whether the shard keeps the times of commits */
    void connected(boolean exact) {
        exactCommits = exact;
    }

    void become(Role role) {
        View old = view;
        if (old.role() != role) {
            view = new View(role, old.trouble(), old.trouble() == null ? clock.instant() : old.since());
        }
    }

    /** Says what holds the rows, and returns whether that is news. */
    boolean trouble(String trouble) {
        View old = view;
        view = new View(old.role(), trouble, old.trouble() == null ? clock.instant() : old.since());
        return !trouble.equals(old.trouble());
    }

    /** Says that nothing holds the rows any more, and returns since when something did; null if nothing did. */
    @Nullable Instant fine() {
        View old = view;
        if (old.trouble() == null) {
            return null;
        }
        view = new View(old.role(), null, clock.instant());
        return old.since();
    }
}
