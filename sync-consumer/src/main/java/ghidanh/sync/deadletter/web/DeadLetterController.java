package ghidanh.sync.deadletter.web;

import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.deadletter.BrokerUnavailableException;
import ghidanh.sync.deadletter.DeadLetters;
import ghidanh.sync.deadletter.Reason;
import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.web.JobResource;
import ghidanh.sync.web.ProblemCode;
import ghidanh.sync.web.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@RestController
@RequestMapping("/api/dead-letters")
class DeadLetterController {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterController.class);
    private static final int PAGE = 50;
    private static final int MAX_PAGE = 500;
    private static final int REDRIVES = 100;
    private static final int MAX_REDRIVES = 10_000;

    private final DeadLetters deadLetters;
    private final ShardCatalogue catalogue;
    private final JobResource jobs;

    DeadLetterController(DeadLetters deadLetters, ShardCatalogue catalogue, JobResource jobs) {
        this.deadLetters = deadLetters;
        this.catalogue = catalogue;
        this.jobs = jobs;
    }

    /** The answer to a redrive. */
    record RedriveAnswer(boolean dryRun, String shard, DeadLetters.Redrive result) {}

    @GetMapping
    DeadLetters.Page list(
            @RequestParam(required = false) @Nullable String shard,
            @RequestParam(required = false) @Nullable Integer limit,
            @RequestParam(required = false) @Nullable Long cursor) {
        String known = known(shard, ProblemCode.INVALID_PARAMETER);
        int size = inRange("limit", limit, PAGE, MAX_PAGE, ProblemCode.INVALID_PARAMETER);
        if (cursor != null && cursor < 0) {
            throw new ProblemException(ProblemCode.INVALID_PARAMETER, "cursor must not be negative.");
        }
        return asking(() -> deadLetters.page(known, cursor == null ? 0 : cursor, size));
    }

    @PostMapping("/redrive")
    RedriveAnswer redrive(@RequestBody RedriveRequest request, HttpServletRequest http) {
        String known = known(request.shard(), ProblemCode.INVALID_BODY);
        var selection = new DeadLetters.Selection(
                request.offsets() == null ? Set.of() : request.offsets(),
                deadReason(request.deadReason()),
                inRange("limit", request.limit(), REDRIVES, MAX_REDRIVES, ProblemCode.INVALID_BODY));
        boolean dryRun = request.dryRun() == null || request.dryRun();
        String reason = jobs.reason(request.reason(), !dryRun);
        if (dryRun) {
            return new RedriveAnswer(true, known, asking(() -> deadLetters.redrive(known, selection, true)));
        }
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        options.put("limit", selection.limit());
        selection.offsets().stream().sorted().forEach(options.withArray("offsets")::add);
        if (selection.reason() != null) {
            options.put("deadReason", selection.reason().tag());
        }
        var audit = new Job.Request(
                JobKind.REDRIVE,
                known,
                options,
                reason,
                jobs.requestedBy(request.requestedBy(), http.getRemoteAddr()),
                JsonNodeFactory.instance.objectNode());
        return jobs.done(audit, progress -> {
            DeadLetters.Redrive result = asking(() -> deadLetters.redrive(known, selection, false));
            progress.step(result.redriven().size(), result.counts(), JsonNodeFactory.instance.objectNode());
            return new RedriveAnswer(false, known, result);
        });
    }

    private String known(@Nullable String shard, ProblemCode missing) {
        if (shard == null) {
            throw new ProblemException(missing, "shard is missing.").with("shards", catalogue.names());
        }
        return jobs.known(shard);
    }

    private static int inRange(String name, @Nullable Integer given, int usual, int most, ProblemCode otherwise) {
        if (given == null) {
            return usual;
        }
        if (given < 1 || given > most) {
            throw new ProblemException(otherwise, name + " must be from 1 to " + most + ", not " + given + ".");
        }
        return given;
    }

    private static @Nullable Reason deadReason(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return Stream.of(Reason.values())
                .filter(reason -> reason.tag().equals(text))
                .findFirst()
                .orElseThrow(() -> new ProblemException(
                                ProblemCode.INVALID_BODY, "deadReason '" + text + "' is none of this service's.")
                        .with(
                                "reasons",
                                Stream.of(Reason.values()).map(Reason::tag).toList()));
    }

    private static <T> T asking(Supplier<T> question) {
        try {
            return question.get();
        } catch (BrokerUnavailableException e) {
            LOG.warn("{}", e.getMessage());
            throw new ProblemException(
                    ProblemCode.KAFKA_UNAVAILABLE, "Kafka does not answer; the dead letters are kept there.");
        }
    }
}
