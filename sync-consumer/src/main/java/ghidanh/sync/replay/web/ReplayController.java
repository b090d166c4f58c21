package ghidanh.sync.replay.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.job.web.JobFields;
import ghidanh.sync.job.web.JobView;
import ghidanh.sync.replay.Replays;
import ghidanh.sync.replay.Resyncs;
import ghidanh.sync.replay.Start;
import ghidanh.web.Api;
import ghidanh.web.FieldError.Code;
import ghidanh.web.ProblemCode;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Replays of topics, and resyncs from tables. */
@RestController
class ReplayController {

    private final Replays replays;
    private final Resyncs resyncs;
    private final ShardCatalogue catalogue;

    ReplayController(Replays replays, Resyncs resyncs, ShardCatalogue catalogue) {
        this.replays = replays;
        this.resyncs = resyncs;
        this.catalogue = catalogue;
    }

    /**
     * What is read, for the document alone.
     *
     * @param shard its name, or "all"
     * @param from "earliest", a time with its zone, or an object of offsets by partition
     * @param reason who writes must say why
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record WantedReplay(
            String shard,
            JsonNode from,
            @Nullable Boolean dryRun,
            @Nullable @Min(1) @Max(JobFields.MAX_RATE) Integer maxPerSecond,
            @Nullable @Size(max = JobFields.LONGEST_TEXT) String reason) {}

    /** As {@link WantedReplay}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record WantedResync(
            String shard,
            @Nullable Boolean dryRun,
            @Nullable @Min(1) @Max(JobFields.MAX_RATE) Integer maxPerSecond,
            @Nullable @Size(max = JobFields.LONGEST_TEXT) String reason) {}

    @Api(
            value = "Starts a replay of the shards' topics",
            body = WantedReplay.class,
            example = "{\"shard\": \"5433\", \"from\": \"2026-09-01T07:00:00+07:00\", \"dryRun\": true}",
            statuses = 202,
            problems = {
                ProblemCode.UNKNOWN_SHARD,
                ProblemCode.ALREADY_RUNNING,
                ProblemCode.MASTER_UNAVAILABLE,
                ProblemCode.KAFKA_UNAVAILABLE
            })
    @Allowed(UserRole.OPERATOR)
    @PostMapping("/api/replays")
    ResponseEntity<JobView> replay(@RequestBody JsonNode body, Caller caller) {
        var fields = new JobFields(body, catalogue);
        boolean dryRun = fields.dryRun();
        var order = new Replays.Order(
                fields.shardOrAll(), start(fields), dryRun, fields.rate(), fields.reason(!dryRun), caller.subject());
        if (order.shard() == null && !order.from().offsets().isEmpty()) {
            fields.error("from", Code.CONFLICT, "has the offsets of one shard's topic: name the shard");
        }
        return JobView.accepted(replays.start(fields.checked(order)));
    }

    @Api(
            value = "Starts a resync from the shards' tables",
            body = WantedResync.class,
            example = "{\"shard\": \"all\", \"dryRun\": true}",
            statuses = 202,
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.ALREADY_RUNNING, ProblemCode.MASTER_UNAVAILABLE})
    @Allowed(UserRole.OPERATOR)
    @PostMapping("/api/resyncs")
    ResponseEntity<JobView> resync(@RequestBody JsonNode body, Caller caller) {
        var fields = new JobFields(body, catalogue);
        boolean dryRun = fields.dryRun();
        var order =
                new Resyncs.Order(fields.shardOrAll(), dryRun, fields.rate(), fields.reason(!dryRun), caller.subject());
        return JobView.accepted(resyncs.start(fields.checked(order)));
    }

    /** "earliest", an ISO time with its zone, or an object of offsets by partition. */
    private static Start start(JobFields fields) {
        fields.require("from");
        JsonNode from = fields.value("from");
        if (from == null) {
            return Start.EARLIEST;
        }
        Start start = from.isString() ? named(from.stringValue()) : at(from);
        if (start == null) {
            fields.error(
                    "from",
                    Code.FORMAT,
                    "must be \"earliest\", a time such as \"2026-09-01T07:00:00+07:00\", or offsets such as {\"0\": 1200}");
        }
        return start == null ? Start.EARLIEST : start;
    }

    private static @Nullable Start named(String text) {
        try {
            return text.equals("earliest")
                    ? Start.EARLIEST
                    : Start.at(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static @Nullable Start at(JsonNode from) {
        Map<Integer, Long> offsets = new TreeMap<>();
        try {
            from.properties()
                    .forEach(entry -> offsets.put(
                            Integer.parseInt(entry.getKey()),
                            Long.parseLong(entry.getValue().toString())));
        } catch (NumberFormatException e) {
            return null;
        }
        return offsets.isEmpty() ? null : Start.at(offsets);
    }
}
