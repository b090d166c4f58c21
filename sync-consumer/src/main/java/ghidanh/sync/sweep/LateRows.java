package ghidanh.sync.sweep;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.sync.master.MasterDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds the students or sections of one shard that no event brought. They have no mark, but their versions only grow: what is
 * newer than the last full look and not on the master, at two looks, is late. A transaction may commit a version after higher
 * ones, so every ten minutes a full look begins where the full look before ended; what lasts longer, the next drift check finds.
 */
class LateRows {

    private static final Duration LONGEST_TRANSACTION = Duration.ofMinutes(10);

    private static final String NEWEST = """
            -- LateRows
            select newest_version(?, ?)
            """;

    private static final String LATE = """
            -- LateRows
            select id, version from late_rows(?, ?, ?, ?)
            """;

    private final String shard;
    private final Entity entity;
    private final MasterDatabase master;
    private final Duration settle;
    private final int most;
    private final Clock clock;

    private final SeenRows seen = new SeenRows();
    private Instant fullLook = Instant.EPOCH;

    /** The highest versions at the last full look but one that found nothing, and at the last. */
    private long floor;

    private long recent;

    /**
     * Of one entity.
     *
     * @param settle how long a row must be late to count
     * @param most rows of one look
     */
    LateRows(String shard, Entity entity, MasterDatabase master, Duration settle, int most, Clock clock) {
        this.shard = shard;
        this.entity = entity;
        this.master = master;
        this.settle = settle;
        this.most = most;
        this.clock = clock;
    }

    /** Those that have been late for long enough. */
    List<ChangeEvent> look() {
        Instant now = clock.instant();
        JdbcClient client = JdbcClient.create(master.forShard(shard));
        boolean full = fullLook.plus(LONGEST_TRANSACTION).isBefore(now);
        long newest = client.sql(NEWEST)
                .params(shard, entity.outboxName())
                .query(Long.class)
                .single();
        seen.beginLook();
        Map<Long, Instant> late = new LinkedHashMap<>();
        client.sql(LATE)
                .params(shard, entity.outboxName(), full ? floor : recent, most)
                .query(row -> {
                    late.put(row.getLong(1), seen.note(row.getLong(1), row.getLong(2), now));
                });
        if (full && late.isEmpty()) {
            floor = recent;
            recent = newest;
            fullLook = now;
        }
        return late.entrySet().stream()
                .filter(row -> !row.getValue().plus(settle).isAfter(now))
                .map(row -> new ChangeEvent(shard, entity, row.getKey()))
                .toList();
    }
}
