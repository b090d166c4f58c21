package ghidanh.sync.job.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.JobState;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;

/**
 * A job as the API shows it.
 *
 * @param url where it is
 * @param shard its name, or "all"
 * @param ratePerSecond of {@code read}
 * @param report what a drift check found, or what the master refused ({@code refused}: rows and why); absent where there is
 *     nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobView(
        long id,
        String url,
        JobKind kind,
        String shard,
        JobState state,
        JsonNode options,
        String reason,
        String requestedBy,
        long read,
        long total,
        Map<String, Long> counts,
        double ratePerSecond,
        @Nullable Long etaSeconds,
        JsonNode offsets,
        @Nullable JsonNode report,
        @Nullable String message,
        Instant startedAt,
        @Nullable Instant resumedAt,
        Instant heartbeatAt,
        @Nullable Instant endedAt) {

    /** 202 with the job's address. */
    public static ResponseEntity<JobView> accepted(Job job) {
        JobView view = of(job);
        return ResponseEntity.accepted().location(URI.create(view.url())).body(view);
    }

    static JobView of(Job job) {
        return new JobView(
                job.id(),
                job.kind().path() + "/" + job.id(),
                job.kind(),
                job.shard() == null ? "all" : job.shard(),
                job.state(),
                job.options(),
                job.reason(),
                job.requestedBy(),
                job.read(),
                job.total(),
                job.counts(),
                job.rate(),
                job.etaSeconds(),
                job.offsets(),
                job.kind() == JobKind.DRIFT_CHECK || !job.report().isEmpty() ? job.report() : null,
                job.message().isEmpty() ? null : job.message(),
                job.startedAt(),
                job.resumedAt(),
                job.heartbeatAt(),
                job.endedAt());
    }
}
