package ghidanh.sync.replay.web;

import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.web.JobResource;
import ghidanh.sync.job.web.JobView;
import ghidanh.sync.replay.NoSuchPartitionException;
import ghidanh.sync.replay.Replays;
import ghidanh.sync.replay.Start;
import ghidanh.sync.web.ProblemCode;
import ghidanh.sync.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
@RequestMapping("/api/replays")
class ReplayController {

    private final Replays replays;
    private final JobResource jobs;

    ReplayController(Replays replays, JobResource jobs) {
        this.replays = replays;
        this.jobs = jobs;
    }

    /**
     * Body of a replay.
     *
     * @param shard whose topic, or "all"
     * @param from "earliest", an ISO time with its zone, or an object of offsets by partition
     * @param dryRun only count what would change; absent means true, so that doing it takes a second thought
     * @param maxPerSecond events; absent for the usual limit
     * @param reason for the audit; needed unless it is a dry run
     * @param requestedBy for the audit; absent for the caller's address
     */
    record ReplayRequest(
            @Nullable String shard,
            @Nullable JsonNode from,
            @Nullable Boolean dryRun,
            @Nullable Integer maxPerSecond,
            @Nullable String reason,
            @Nullable String requestedBy) {}

    @PostMapping
    ResponseEntity<JobView> start(@RequestBody ReplayRequest request, HttpServletRequest http) {
        boolean dryRun = request.dryRun() == null || request.dryRun();
        String shard = jobs.shard(request.shard());
        Start from = start(request.from());
        if (shard == null && !from.offsets().isEmpty()) {
            throw new ProblemException(
                    ProblemCode.INVALID_BODY, "from: offsets are those of one shard's topic; name the shard.");
        }
        var order = new Replays.Order(
                shard,
                from,
                dryRun,
                jobs.rate(request.maxPerSecond()),
                jobs.reason(request.reason(), !dryRun),
                jobs.requestedBy(request.requestedBy(), http.getRemoteAddr()));
        try {
            return jobs.started(() -> replays.start(order));
        } catch (NoSuchPartitionException e) {
            throw new ProblemException(ProblemCode.INVALID_BODY, "from: " + e.getMessage() + ".");
        }
    }

    private static Start start(@Nullable JsonNode from) {
        if (from != null && from.isString()) {
            String text = from.stringValue();
            return text.equals("earliest") ? Start.EARLIEST : time(text);
        }
        if (from != null && from.isObject() && !from.isEmpty()) {
            Map<Integer, Long> offsets = new TreeMap<>();
            from.properties().forEach(entry -> offsets.put(partition(entry.getKey()), offset(entry.getValue())));
            return Start.at(offsets);
        }
        throw badStart();
    }

    private static Start time(String text) {
        try {
            return Start.at(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw badStart();
        }
    }

    private static int partition(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw badStart();
        }
    }

    private static long offset(JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw badStart();
        }
        return value.longValue();
    }

    private static ProblemException badStart() {
        return new ProblemException(
                ProblemCode.INVALID_BODY,
                "from must be \"earliest\", a time such as \"2026-09-01T07:00:00+07:00\", or offsets such as {\"0\": 1200}.");
    }

    @PostMapping("/{id}/resume")
    ResponseEntity<JobView> resume(@PathVariable long id) {
        return jobs.resume(JobKind.REPLAY, id, replays::resume);
    }
}
