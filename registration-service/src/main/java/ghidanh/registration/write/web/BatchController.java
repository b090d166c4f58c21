package ghidanh.registration.write.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghidanh.access.Allowances;
import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.registration.database.DatabaseUnavailableException;
import ghidanh.registration.read.web.RegistrationBody;
import ghidanh.registration.student.web.Reach;
import ghidanh.registration.write.Origin;
import ghidanh.registration.write.Registrar;
import ghidanh.registration.write.RegistrationOutcome;
import ghidanh.registration.write.WriterBusyException;
import ghidanh.registration.write.web.Admission.Permits;
import ghidanh.web.Api;
import ghidanh.web.JsonFields;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import ghidanh.web.ProblemException;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * Many registrations in one request, for registrars. Each has its own outcome, as if it had come alone; they share the
 * admission limit and the writers' queues with everyone else.
 */
@RestController
class BatchController {

    private static final Logger log = LoggerFactory.getLogger(BatchController.class);
    private static final int MOST = 1000;

    private final Allowances allowances;
    private final Routing routing;
    private final Reach reach;
    private final Registrar registrar;
    private final Origins origins;

    BatchController(Allowances allowances, Routing routing, Reach reach, Registrar registrar, Origins origins) {
        this.allowances = allowances;
        this.routing = routing;
        this.reach = reach;
        this.registrar = registrar;
        this.origins = origins;
    }

    @Api(
            value = "Registers up to 1,000, each with an answer of its own",
            body = Wishes.class,
            example = "{\"registrations\": [{\"shard\": \"5433\", \"stno\": 17, \"secNo\": 200}]}",
            problems = ProblemCode.TOO_BUSY)
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR})
    @PostMapping(path = "/api/registrations:batch", consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<Results> register(
            @RequestAttribute(Admission.PERMITS) Permits permits, @RequestBody JsonNode body, Caller caller) {
        Origin origin = origins.of(caller);
        List<RegistrationRequest> requests = requests(body);
        allowances.take(caller, requests.size() - 1).ifPresent(refusal -> {
            throw refusal.exception();
        });
        int admitted = 1 + permits.take(requests.size() - 1);
        List<CompletableFuture<Result>> results = new ArrayList<>();
        requests.subList(0, admitted).forEach(request -> results.add(result(request, caller, origin)));
        Result refusal = Result.of(permits.refusal());
        results.addAll(Collections.nCopies(requests.size() - admitted, CompletableFuture.completedFuture(refusal)));
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(done -> new Results(
                        results.stream().map(CompletableFuture::join).toList()));
    }

    private static List<RegistrationRequest> requests(JsonNode body) {
        var fields = new JsonFields(body);
        return fields.checked(fields.objects("registrations", MOST).stream()
                .map(RegistrationRequest::readOneOfMany)
                .toList());
    }

    private CompletableFuture<Result> result(RegistrationRequest request, Caller caller, Origin origin) {
        try {
            return routing.shardOf(request)
                    .thenCompose(shard -> reach.require(caller, shard, request.stno())
                            .thenCompose(within -> request.send(registrar, shard, caller, origin))
                            .thenApply(outcome -> result(shard, request, outcome)))
                    .exceptionally(BatchController::failed);
        } catch (ProblemException e) {
            return CompletableFuture.completedFuture(Result.of(e.problem()));
        }
    }

    private static Result result(String shard, RegistrationRequest request, RegistrationOutcome outcome) {
        return outcome.fold(
                registered ->
                        Result.of(201, request.registered(shard, registered.regId(), registered.createdAt(), null)),
                already -> Result.of(
                        200, request.registered(shard, already.regId(), already.createdAt(), already.syncedAt())),
                waiting -> Result.of(202, request.waiting(shard, waiting)),
                refused -> Result.of(Refusals.refused(shard, request, refused)));
    }

    private static Result failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WriterBusyException busy) {
            return Result.of(Refusals.busy(busy));
        }
        if (cause instanceof DatabaseUnavailableException down) {
            return Result.of(Refusals.unavailable(down));
        }
        if (cause instanceof ProblemException refused) {
            return Result.of(refused.problem());
        }
        log.error("an element of a batch failed", cause);
        return Result.of(Problem.of(ProblemCode.INTERNAL, "The service failed; its log says why."));
    }

    /** What is read, for the document alone: each must name the shard or the university. */
    private record Wishes(@Size(min = 1, max = MOST) List<RegistrationRequest> registrations) {}

    /** In the order of the request. */
    record Results(List<Result> results) {}

    /**
     * What one element would have been answered alone.
     *
     * @param status HTTP status
     * @param registration where the student has the section now, or waits for it
     * @param problem where not
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            int status,
            @Nullable RegistrationBody registration,
            @Nullable ProblemDetail problem) {

        static Result of(int status, RegistrationBody registration) {
            return new Result(status, registration, null);
        }

        static Result of(Problem problem) {
            return new Result(problem.status(), null, problem.body());
        }
    }
}
