package ghidanh.sync.deadletter.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.deadletter.BothSides;
import ghidanh.sync.deadletter.DeadLetters;
import ghidanh.sync.deadletter.Reason;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.Jobs;
import ghidanh.sync.job.web.JobFields;
import ghidanh.web.Api;
import ghidanh.web.FieldError.Code;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@RestController
@RequestMapping("/api/dead-letters")
class DeadLetterController {

    private static final String NEWEST = "" + Long.MAX_VALUE;
    private static final String REASONS = "unreadable|wrong_shard|missing|conflict|refused";
    private static final int REDRIVES = 100;
    private static final int MAX_REDRIVES = 10_000;

    private final DeadLetters deadLetters;
    private final BothSides sides;
    private final ShardCatalogue catalogue;
    private final Jobs jobs;

    DeadLetterController(DeadLetters deadLetters, BothSides sides, ShardCatalogue catalogue, Jobs jobs) {
        this.deadLetters = deadLetters;
        this.sides = sides;
        this.catalogue = catalogue;
        this.jobs = jobs;
    }

    /**
     * What is read, for the document alone.
     *
     * @param offsets of the letters; none: all
     * @param deadReason only those with this one
     * @param reason who writes must say why
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record WantedRedrive(
            String shard,
            @Nullable Boolean dryRun,
            @Nullable @Min(1) @Max(MAX_REDRIVES) Integer limit,
            @Nullable @Size(max = MAX_REDRIVES) List<Long> offsets,
            @Nullable String deadReason,
            @Nullable @Size(max = JobFields.LONGEST_TEXT) String reason) {}

    /** The answer to a redrive. */
    record RedriveAnswer(boolean dryRun, String shard, DeadLetters.Redrive result) {}

    @Api(
            value = "Shows dead letters, newest first, from an offset down",
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.KAFKA_UNAVAILABLE})
    @Allowed(UserRole.OPERATOR)
    @GetMapping
    DeadLetters.Page list(
            @RequestParam String shard,
            @RequestParam(defaultValue = "50") @Min(1) @Max(500) int limit,
            @RequestParam(defaultValue = NEWEST) @Min(0) long cursor,
            @RequestParam(required = false) @Pattern(regexp = REASONS) @Nullable String deadReason) {
        return deadLetters.page(Problem.known(shard, catalogue), cursor, reason(deadReason), limit);
    }

    @Api(
            value = "Shows a registration as its shard and the master have it now",
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.MASTER_UNAVAILABLE})
    @Allowed(UserRole.OPERATOR)
    @GetMapping("/rows")
    BothSides.Pair rows(@RequestParam String shard, @RequestParam @Min(1) long id) {
        return sides.of(Problem.known(shard, catalogue), id);
    }

    @Api(
            value = "Puts dead letters through again",
            body = WantedRedrive.class,
            example = "{\"shard\": \"5433\", \"deadReason\": \"rejected\", \"dryRun\": true}",
            problems = {
                ProblemCode.UNKNOWN_SHARD,
                ProblemCode.ALREADY_RUNNING,
                ProblemCode.MASTER_UNAVAILABLE,
                ProblemCode.KAFKA_UNAVAILABLE
            })
    @Allowed(UserRole.OPERATOR)
    @PostMapping("/redrive")
    RedriveAnswer redrive(@RequestBody JsonNode body, Caller caller) {
        var fields = new JobFields(body, catalogue);
        boolean dryRun = fields.dryRun();
        String shard = fields.shard();
        Integer limit = fields.optionalNumber("limit", MAX_REDRIVES);
        var selection =
                new DeadLetters.Selection(offsets(fields), deadReason(fields), limit == null ? REDRIVES : limit);
        var audit = fields.checked(new Job.Request(
                JobKind.REDRIVE,
                shard,
                options(selection),
                fields.reason(!dryRun),
                caller.subject(),
                JsonNodeFactory.instance.objectNode()));
        if (dryRun) {
            return new RedriveAnswer(true, shard, deadLetters.redrive(shard, selection, true));
        }
        return jobs.now(audit, progress -> {
            DeadLetters.Redrive result = deadLetters.redrive(shard, selection, false);
            progress.step(result.redriven().size(), result.counts(), JsonNodeFactory.instance.objectNode());
            return new RedriveAnswer(false, shard, result);
        });
    }

    private static Set<Long> offsets(JobFields fields) {
        List<JsonNode> offsets = fields.optionalList("offsets", 0, MAX_REDRIVES);
        if (!offsets.stream().allMatch(offset -> offset.isIntegralNumber() && offset.canConvertToLong())) {
            fields.error("offsets", Code.TYPE, "must have whole numbers only");
            return Set.of();
        }
        return offsets.stream().map(JsonNode::longValue).collect(Collectors.toSet());
    }

    private static @Nullable Reason deadReason(JobFields fields) {
        String tag = fields.optionalText("deadReason");
        Reason reason = reason(tag);
        if (tag != null && reason == null) {
            fields.error("deadReason", Code.FORMAT, "must be one of " + REASONS.replace("|", ", "));
        }
        return reason;
    }

    private static @Nullable Reason reason(@Nullable String tag) {
        return Stream.of(Reason.values())
                .filter(reason -> reason.tag().equals(tag))
                .findFirst()
                .orElse(null);
    }

    private static ObjectNode options(DeadLetters.Selection selection) {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        options.put("limit", selection.limit());
        selection.offsets().stream().sorted().forEach(options.withArray("offsets")::add);
        if (selection.reason() != null) {
            options.put("deadReason", selection.reason().tag());
        }
        return options;
    }
}
