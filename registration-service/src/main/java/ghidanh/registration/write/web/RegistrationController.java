package ghidanh.registration.write.web;

import static java.util.Objects.requireNonNull;

import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.registration.read.RegistrationId;
import ghidanh.registration.read.Registrations;
import ghidanh.registration.read.web.ReachableRegistrations;
import ghidanh.registration.read.web.RegistrationBody;
import ghidanh.registration.read.web.RegistrationIds;
import ghidanh.registration.student.web.Reach;
import ghidanh.registration.write.Origin;
import ghidanh.registration.write.Registrar;
import ghidanh.registration.write.RegistrationOutcome;
import ghidanh.registration.write.RegistrationOutcome.AlreadyRegistered;
import ghidanh.registration.write.RegistrationOutcome.Registered;
import ghidanh.web.Api;
import ghidanh.web.JsonFields;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Registers, withdraws and swaps. No method holds its thread while a database works. */
@RestController
class RegistrationController {

    static final String PATH = "/api/registrations";

    private final Routing routing;
    private final RegistrationIds ids;
    private final ReachableRegistrations reachable;
    private final Reach reach;
    private final Registrar registrar;
    private final Registrations registrations;
    private final Origins origins;

    RegistrationController(
            Routing routing,
            RegistrationIds ids,
            ReachableRegistrations reachable,
            Reach reach,
            Registrar registrar,
            Registrations registrations,
            Origins origins) {
        this.routing = routing;
        this.ids = ids;
        this.reachable = reachable;
        this.reach = reach;
        this.registrar = registrar;
        this.registrations = registrations;
        this.origins = origins;
    }

    @Api(
            value =
                    "Registers a student for a section, past every rule but the room where a registrar says why; with `waitlist`, who"
                            + " finds it full waits for a seat (202); repeating it is safe",
            body = RegistrationRequest.class,
            example = "{\"shard\": \"5433\", \"stno\": 17, \"secNo\": 199}",
            answer = RegistrationBody.class,
            statuses = {201, 200, 202},
            problems = {
                ProblemCode.UNKNOWN_SHARD,
                ProblemCode.UNKNOWN_UNIVERSITY,
                ProblemCode.UNKNOWN_STUDENT,
                ProblemCode.UNKNOWN_SECTION,
                ProblemCode.SECTION_FULL,
                ProblemCode.SECTION_CANCELLED,
                ProblemCode.PAST_TERM,
                ProblemCode.REGISTRATION_NOT_OPEN,
                ProblemCode.REGISTRATION_CLOSED,
                ProblemCode.ON_HOLD,
                ProblemCode.NOT_ELIGIBLE,
                ProblemCode.SAME_COURSE,
                ProblemCode.TIME_CLASH,
                ProblemCode.CREDIT_LIMIT,
                ProblemCode.NEWER_RULE,
                ProblemCode.STUDENT_AMBIGUOUS,
                ProblemCode.SHARD_UNAVAILABLE,
                ProblemCode.ROWS_HELD,
                ProblemCode.TOO_BUSY
            })
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR})
    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<Object>> register(@RequestBody JsonNode body, Caller caller) {
        var fields = new JsonFields(body);
        RegistrationRequest request =
                fields.checked(RegistrationRequest.read(fields)).by(caller);
        Origin origin = origins.of(caller);
        return routing.shardOf(request)
                .thenCompose(shard -> reach.require(caller, shard, request.stno())
                        .thenCompose(within -> request.send(registrar, shard, caller, origin))
                        .thenCompose(outcome -> answer(shard, request, outcome)));
    }

    private static ResponseEntity<Object> created(String shard, RegistrationRequest request, Registered registered) {
        RegistrationBody body = request.registered(shard, registered.regId(), registered.createdAt(), null);
        return ResponseEntity.created(URI.create(PATH + "/" + body.id())).body(body);
    }

    private static ResponseEntity<Object> accepted(RegistrationBody waiting) {
        return ResponseEntity.accepted()
                .header(HttpHeaders.LOCATION, PATH + "/" + waiting.id())
                .body(waiting);
    }

    private CompletableFuture<ResponseEntity<Object>> repeated(
            String shard, RegistrationRequest request, AlreadyRegistered already) {
        // The sync mark may be late, and wrong where the master went back in time: the master knows.
        return registrations
                .find(new RegistrationId(shard, already.regId()))
                .handle((found, failure) -> existing(
                        shard,
                        request,
                        already,
                        failure != null || found.isEmpty()
                                ? already.syncedAt()
                                : found.get().registration().syncedAt()));
    }

    private static ResponseEntity<Object> existing(
            String shard, RegistrationRequest request, AlreadyRegistered already, @Nullable Instant syncedAt) {
        RegistrationBody body = request.registered(shard, already.regId(), already.createdAt(), syncedAt);
        return ResponseEntity.ok()
                .header(HttpHeaders.LOCATION, PATH + "/" + body.id())
                .body(body);
    }

    @Api(
            value = "Withdraws a registration, or leaves a waiting list; repeating it is safe",
            statuses = 204,
            problems = {
                ProblemCode.UNKNOWN_REGISTRATION,
                ProblemCode.GRADED,
                ProblemCode.PAST_TERM,
                ProblemCode.WITHDRAWAL_CLOSED,
                ProblemCode.NEWER_RULE,
                ProblemCode.SHARD_UNAVAILABLE,
                ProblemCode.ROWS_HELD,
                ProblemCode.TOO_BUSY
            })
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR})
    @DeleteMapping(PATH + "/{id}")
    CompletableFuture<ResponseEntity<Object>> withdraw(@PathVariable String id, Caller caller) {
        RegistrationId registration = ids.parse(id);
        Origin origin = origins.of(caller);
        return reachable
                .require(registration, caller)
                .thenCompose(within -> registrar.withdraw(registration, origin))
                .thenApply(outcome -> Refusals.refused(id, outcome)
                        .map(Problem::response)
                        .orElseGet(() -> ResponseEntity.noContent().build()));
    }

    @Api(
            value =
                    "Gives up a registration and takes another section for its student, or changes nothing; repeating it is safe",
            body = Wanted.class,
            example = "{\"secNo\": 7}",
            answer = RegistrationBody.class,
            statuses = {201, 200},
            problems = {
                ProblemCode.UNKNOWN_REGISTRATION,
                ProblemCode.GRADED,
                ProblemCode.WITHDRAWAL_CLOSED,
                ProblemCode.UNKNOWN_SECTION,
                ProblemCode.SECTION_FULL,
                ProblemCode.SECTION_CANCELLED,
                ProblemCode.PAST_TERM,
                ProblemCode.REGISTRATION_NOT_OPEN,
                ProblemCode.REGISTRATION_CLOSED,
                ProblemCode.ON_HOLD,
                ProblemCode.NOT_ELIGIBLE,
                ProblemCode.SAME_COURSE,
                ProblemCode.TIME_CLASH,
                ProblemCode.CREDIT_LIMIT,
                ProblemCode.NEWER_RULE,
                ProblemCode.SHARD_UNAVAILABLE,
                ProblemCode.ROWS_HELD,
                ProblemCode.TOO_BUSY
            })
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR})
    @PostMapping(path = PATH + "/{id}:swap", consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<Object>> swap(@PathVariable String id, @RequestBody JsonNode body, Caller caller) {
        var fields = new JsonFields(body);
        int secNo = fields.checked(fields.number("secNo"));
        RegistrationId registration = ids.parse(id);
        Origin origin = origins.of(caller);
        return reachable
                .require(registration, caller)
                .thenCompose(within -> registrar.swap(registration, secNo, origin))
                .thenCompose(swap -> {
                    RegistrationOutcome outcome = swap.registration();
                    return outcome == null
                            ? completed(Refusals.refused(id, requireNonNull(swap.withdrawal()))
                                    .orElseThrow()
                                    .response())
                            : answer(
                                    registration.shard(),
                                    new RegistrationRequest(null, null, swap.stno(), secNo, null, null),
                                    outcome);
                });
    }

    private CompletableFuture<ResponseEntity<Object>> answer(
            String shard, RegistrationRequest request, RegistrationOutcome outcome) {
        return outcome.fold(
                registered -> completed(created(shard, request, registered)),
                already -> repeated(shard, request, already),
                waiting -> completed(accepted(request.waiting(shard, waiting))),
                refused -> completed(Refusals.refused(shard, request, refused).response()));
    }

    /** What is read, for the document alone. */
    private record Wanted(@Min(1) int secNo) {}

    private static CompletableFuture<ResponseEntity<Object>> completed(ResponseEntity<Object> response) {
        return CompletableFuture.completedFuture(response);
    }
}
