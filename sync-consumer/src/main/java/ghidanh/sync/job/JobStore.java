package ghidanh.sync.job;

import ghidanh.database.Fault;
import ghidanh.sync.master.MasterDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The rows of jobs on the master. */
@Component
class JobStore {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<Map<String, Long>> COUNTS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final JobSettings settings;
    private volatile long outageNanos;

    JobStore(MasterDatabase master, JobSettings settings) {
        this.jdbc = JdbcClient.create(master.general());
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(master.general()));
        this.settings = settings;
        this.outageNanos = System.nanoTime() - settings.patience().toNanos();
    }

    /**
     * Writes down a job that is about to run.
     *
     * @throws JobConflictException if one that excludes it is running, on whatever instance
     */
    Job begin(Job.Request request, String owner) {
        long id = inTurn(() -> {
            refuseBeside(request.kind(), request.shard(), -1);
            return jdbc.sql("""
                            -- JobStore
                            insert into jobs (kind, shard, options, reason, requested_by, state, owner, offsets)
                            values (:kind, :shard, :options::jsonb, :reason, :requestedBy, 'running', :owner, :offsets::jsonb)
                            returning id
                            """)
                    .param("kind", request.kind().sqlName())
                    .param("shard", request.shard())
                    .param("options", request.options().toString())
                    .param("reason", request.reason())
                    .param("requestedBy", request.requestedBy())
                    .param("owner", owner)
                    .param("offsets", request.offsets().toString())
                    .query(Long.class)
                    .single();
        });
        return find(id).orElseThrow();
    }

    /**
     * Takes an interrupted job over.
     *
     * @param onlyOwn not if it is another's now
     * @return false if it is neither interrupted nor failed
     * @throws JobConflictException if one that excludes it is running
     */
    boolean takeOver(Job job, String owner, boolean onlyOwn) {
        return inTurn(() -> {
            refuseBeside(job.kind(), job.shard(), job.id());
            return jdbc.sql("""
                            -- JobStore
                            update jobs
                               set state = 'running',
                                   owner = :owner,
                                   message = '',
                                   ended_at = null,
                                   resumed_at = clock_timestamp(),
                                   heartbeat_at = clock_timestamp()
                             where id = :id
                               and state in ('interrupted', 'failed')
                               and (owner = :owner or not :onlyOwn)
                            """)
                            .param("owner", owner)
                            .param("id", job.id())
                            .param("onlyOwn", onlyOwn)
                            .update()
                    == 1;
        });
    }

    private <T> T inTurn(Supplier<T> step) {
        T result = transaction.execute(status -> {
            jdbc.sql("""
                    -- JobStore
                    select pg_advisory_xact_lock(hashtext('ghidanh.jobs'))
                    """).query().singleRow();
            interruptDead();
            return step.get();
        });
        return Objects.requireNonNull(result);
    }

    private void refuseBeside(JobKind kind, @Nullable String shard, long except) {
        jdbc.sql("""
                -- JobStore
                select j.id, j.kind
                  from jobs j
                 where j.state = 'running'
                   and j.kind in (:kinds)
                   and j.id <> :except
                   and (j.shard is null or :shard::text is null or j.shard = :shard)
                 order by j.id
                 limit 1
                """)
                .param("kinds", kind.exclusive())
                .param("except", except)
                .param("shard", shard)
                .query((row, n) -> new JobConflictException(row.getLong(1), JobKind.of(row.getString(2))))
                .optional()
                .ifPresent(conflict -> {
                    throw conflict;
                });
    }

    /**
     * Ends those whose instance has given no sign of life for too long. Nobody could give one while the master was away, so an
     * outage that this instance saw starts the wait anew.
     */
    void interruptDead() {
        boolean inTouch = System.nanoTime() - outageNanos > settings.patience().toNanos();
        try {
            interruptDead(inTouch);
        } catch (DataAccessException e) {
            if (Fault.of(e) == Fault.OUTAGE) {
                outageNanos = System.nanoTime();
            }
            throw e;
        }
    }

    private void interruptDead(boolean inTouch) {
        jdbc.sql("""
                -- JobStore
                update jobs
                   set state = 'interrupted',
                       message = 'its instance gave no sign of life',
                       ended_at = heartbeat_at
                 where state = 'running'
                   and heartbeat_at < clock_timestamp() - :patience * interval '1 millisecond'
                   and :inTouch
                """)
                .param("patience", settings.patience().toMillis())
                .param("inTouch", inTouch)
                .update();
    }

    /**
     * Writes progress and a sign of life.
     *
     * @return false if the job is not this owner's any more: cancelled, or taken for dead
     */
    boolean beat(long id, String owner, Progress.Snapshot progress) {
        return write(id, owner, progress, JobState.RUNNING, progress.message());
    }

    /** Writes the last progress, and the end unless someone has cancelled it or taken it over. */
    void end(long id, String owner, Progress.Snapshot progress, JobState state, String message) {
        write(id, owner, progress, state, message);
    }

    private boolean write(long id, String owner, Progress.Snapshot progress, JobState state, String message) {
        return jdbc.sql("""
                        -- JobStore
                        update jobs
                           set read = :read,
                               total = :total,
                               counts = :counts::jsonb,
                               offsets = :offsets::jsonb,
                               report = :report::jsonb,
                               -- It was at work until now, also where others have taken it for dead.
                               state = case when state = 'cancelled' then state else :state end,
                               message = case when state = 'cancelled' then message else :message end,
                               heartbeat_at = clock_timestamp(),
                               ended_at = case when :state = 'running' then ended_at
                                               else coalesce(ended_at, clock_timestamp())
                                          end
                         where id = :id
                           and owner = :owner
                           -- A heartbeat that was overtaken by the end must not take its counts back.
                           and (state = 'running' or :state <> 'running')
                        returning state = 'running'
                        """)
                .param("read", progress.read())
                .param("total", progress.total())
                .param("counts", JSON.writeValueAsString(progress.counts()))
                .param("offsets", progress.offsets().toString())
                .param("report", progress.report().toString())
                .param("state", state.sqlName())
                .param("message", message)
                .param("id", id)
                .param("owner", owner)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    /** @return false if it was over already */
    boolean cancel(long id) {
        return jdbc.sql("""
                        -- JobStore
                        update jobs
                           set state = 'cancelled',
                               message = '',
                               ended_at = clock_timestamp()
                         where id = :id
                           and state in ('running', 'interrupted')
                        """).param("id", id).update() == 1;
    }

    Optional<Job> find(long id) {
        return jdbc.sql("""
                        -- JobStore
                        select * from jobs where id = :id
                        """).param("id", id).query((row, n) -> job(row)).optional();
    }

    /** The newest first. */
    List<Job> newest(@Nullable JobKind kind, int limit) {
        return jdbc.sql("""
                        -- JobStore
                        select * from jobs where :kind::text is null or kind = :kind order by id desc limit :limit
                        """)
                .param("kind", kind == null ? null : kind.sqlName())
                .param("limit", limit)
                .query((row, n) -> job(row))
                .list();
    }

    private static Job job(ResultSet row) throws SQLException {
        return new Job(
                row.getLong("id"),
                JobKind.of(row.getString("kind")),
                row.getString("shard"),
                JSON.readTree(row.getString("options")),
                row.getString("reason"),
                row.getString("requested_by"),
                JobState.of(row.getString("state")),
                row.getLong("read"),
                row.getLong("total"),
                JSON.readValue(row.getString("counts"), COUNTS),
                JSON.readTree(row.getString("offsets")),
                JSON.readTree(row.getString("report")),
                row.getString("message"),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                instant(row.getObject("resumed_at", OffsetDateTime.class)),
                row.getObject("heartbeat_at", OffsetDateTime.class).toInstant(),
                instant(row.getObject("ended_at", OffsetDateTime.class)));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
