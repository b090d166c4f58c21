package ghidanh.sync.drift;

import ghidanh.sync.drift.RefusedRemovalException.Why;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobState;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a check may remove: of each shard no more than the dry run before it counted there, and of all together no more than the
 * settings allow. Nothing is left for rows that turn up in between, since traffic makes none: they are a reason to look again.
 *
 * @param after the dry run: a check of the same shards that removed nothing
 * @param mayRemove rows, by shard
 */
record Removals(long after, Map<String, Long> mayRemove) {

    /**
     * What the dry run allows that a request names.
     *
     * @param newest the newest checks
     * @throws RefusedRemovalException if it is none, too old, used up, or counts more than may be removed
     */
    static Removals after(
            @Nullable Integer named, @Nullable String shard, List<Job> newest, DriftSettings settings, Clock clock) {
        String cure =
                "Start a check of the same shard without removeExtra, look at what it counts as extra, and name its id as"
                        + " \"after\" within " + settings.dryRunAge() + ".";
        if (named == null) {
            throw new RefusedRemovalException(Why.DRY_RUN_FIRST, "Rows are removed after a dry run only. " + cure);
        }
        Instant oldest = clock.instant().minus(settings.dryRunAge());
        Job dryRun = newest.stream()
                .filter(check -> check.id() == named
                        && check.state() == JobState.DONE
                        && Objects.equals(check.shard(), shard)
                        && !check.options().path("removeExtra").booleanValue()
                        && check.endedAt() != null
                        && check.endedAt().isAfter(oldest))
                .findFirst()
                .orElseThrow(() -> new RefusedRemovalException(
                        Why.DRY_RUN_FIRST, "Job " + named + " is no such dry run, or too old. " + cure));
        if (newest.stream()
                .anyMatch(check -> check.options().at("/removals/after").asLong(0) == named)) {
            throw new RefusedRemovalException(
                    Why.DRY_RUN_FIRST, "What check " + named + " counted has been removed, or tried, already. " + cure);
        }
        var removals = new Removals(named, DriftChecks.extra(dryRun));
        long rows = removals.mayRemove().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        if (rows > settings.removalLimit()) {
            throw new RefusedRemovalException(
                    Why.REMOVES_TOO_MUCH,
                    "Check " + named + " counted " + rows + " extra rows, and one check may remove "
                            + settings.removalLimit() + " (ghidanh.sync.drift.removal-limit). Nothing was removed.");
        }
        return removals;
    }

    /**
     * Before any row of the shard is removed.
     *
     * @throws IllegalStateException if there are more than the dry run counted
     */
    void check(String shard, long rows) {
        long may = mayRemove.getOrDefault(shard, 0L);
        if (rows > may) {
            throw new IllegalStateException("Shard " + shard + " has " + rows + " extra rows now, and check " + after
                    + " counted " + may + ": none of them was removed. Look at a new dry run");
        }
    }
}
