package ghidanh.sync.observe;

import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What of a shard the master does not show yet. Compared row by row: a mark may be late and an event may be lost, the rows
 * are the truth.
 *
 * @param rows registrations without mark that the master lacks or shows in an older state
 * @param oldestSeconds age of the oldest of them by the shard's clock; 0 where there is none
 */
public record Unsynced(double rows, double oldestSeconds) {

    static final Unsynced UNKNOWN = new Unsynced(Double.NaN, Double.NaN);

    // A row waits since its last change. Commit times tell that exactly; where the shard does not keep them, a changed
    // old
    // registration seems to wait since it was made.
    private static final String UNMARKED = """
            -- Unsynced
            with unmarked as (
                select r.reg_id, r.version, r.created_at,
                       case when current_setting('track_commit_timestamp') = 'on'
                            then pg_xact_commit_timestamp(r.xmin)
                       end as changed_at
                  from registrations r
                 where r.synced_at is null
                 order by r.created_at, r.reg_id
                 limit ?
            )
            select u.reg_id, u.version,
                   greatest(0, extract(epoch from clock_timestamp() - greatest(u.created_at, u.changed_at)))::float8
              from unmarked u
            """;

    private static final String HOW_MANY = """
            -- Unsynced
            select count(*) from registrations where synced_at is null
            """;

    private static final String VISIBLE = """
            -- Unsynced
            select r.shard_reg_id
              from unnest(?::bigint[], ?::bigint[]) as u (reg_id, version)
              join registrations r on r.shard_name = ? and r.shard_reg_id = u.reg_id
             where r.version >= u.version
            """;

    /** A registration without mark. */
    private record Row(long regId, long version, double seconds) {}

    /**
     * Compares the shard's unmarked rows with the master's.
     *
     * @param window rows compared; beyond it, rows count as unsynced without a look
     */
    static Unsynced measure(String name, KeptConnection shard, KeptConnection master, int window)
            throws NoAnswerException {
        List<Row> unmarked = shard.ask(client -> client.sql(UNMARKED)
                .param(window)
                .query((row, number) -> new Row(row.getLong(1), row.getLong(2), row.getDouble(3)))
                .list());
        if (unmarked.isEmpty()) {
            return new Unsynced(0, 0);
        }
        long beyond = unmarked.size() < window ? 0 : Math.max(0, shard.ask(Unsynced::count) - window);
        double youngest = unmarked.stream().mapToDouble(Row::seconds).min().orElse(0);
        Set<Long> visible = master.ask(client -> visible(name, client, unmarked));
        double[] waiting = unmarked.stream()
                .filter(row -> !visible.contains(row.regId()))
                .mapToDouble(Row::seconds)
                .toArray();
        double oldest = DoubleStream.of(waiting).max().orElse(beyond > 0 ? youngest : 0);
        return new Unsynced(waiting.length + beyond, oldest);
    }

    private static long count(JdbcClient shard) {
        return shard.sql(HOW_MANY).query(Long.class).single();
    }

    private static Set<Long> visible(String name, JdbcClient master, List<Row> unmarked) {
        return master.sql(VISIBLE)
                .param(unmarked.stream().mapToLong(Row::regId).toArray())
                .param(unmarked.stream().mapToLong(Row::version).toArray())
                .param(name)
                .query(Long.class)
                .set();
    }
}
