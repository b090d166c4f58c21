package ghidanh.registration.read.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.registration.read.Cursor;
import ghidanh.registration.read.Registration;
import ghidanh.registration.read.RegistrationChange;
import ghidanh.registration.read.RegistrationId;
import ghidanh.registration.read.Registrations;
import ghidanh.registration.read.Registrations.Found;
import ghidanh.registration.read.Registrations.Page;
import ghidanh.registration.read.SyncWaits;
import ghidanh.registration.read.Whose;
import ghidanh.registration.student.web.Reach;
import ghidanh.shard.UniversityRange;
import ghidanh.web.Api;
import ghidanh.web.FieldError;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows registrations, one or all. No method holds its thread while a database works. */
@RestController
class RegistrationQueryController {

    private static final String PATH = "/api/registrations";

    private final RegistrationIds ids;
    private final Registrations registrations;
    private final ReachableRegistrations reachable;
    private final Reach reach;
    private final SyncWaits waits;

    RegistrationQueryController(
            RegistrationIds ids,
            Registrations registrations,
            ReachableRegistrations reachable,
            Reach reach,
            SyncWaits waits) {
        this.ids = ids;
        this.registrations = registrations;
        this.reachable = reachable;
        this.reach = reach;
        this.waits = waits;
    }

    @Api(
            value =
                    "Shows a registration; `Prefer: wait=10` holds the answer until the master has it, for so many seconds",
            problems = {ProblemCode.UNKNOWN_REGISTRATION, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR})
    @GetMapping(PATH + "/{id}")
    CompletableFuture<ResponseEntity<One>> find(
            @PathVariable String id,
            @RequestHeader(name = "Prefer", required = false) @Nullable String prefer,
            Caller caller) {
        RegistrationId registration = ids.parse(id);
        Duration wait = waits.granted(Preference.wait(prefer));
        if (wait.isZero()) {
            return reachable.find(registration, caller).thenApply(found -> ResponseEntity.ok(One.of(found)));
        }
        return reachable
                .find(registration, caller)
                .thenCompose(found -> synced(found, wait))
                .thenApply(found -> ResponseEntity.ok()
                        .header("Preference-Applied", "wait=" + wait.toSeconds())
                        .body(One.of(found)));
    }

    @Api(
            value = "Shows who changed a registration, when and into what, the newest 200 states first",
            problems = {ProblemCode.UNKNOWN_REGISTRATION, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR})
    @GetMapping(PATH + "/{id}/history")
    CompletableFuture<History> history(@PathVariable String id, Caller caller) {
        RegistrationId registration = ids.parse(id);
        return reachable
                .find(registration, caller)
                .thenCompose(found ->
                        registrations.history(registration, found.registration().stno()))
                .thenApply(History::new);
    }

    private CompletableFuture<Found> synced(Found found, Duration wait) {
        Registration registration = found.registration();
        return registration.synced()
                ? CompletableFuture.completedFuture(found)
                : waits.until(registration, wait).thenCompose(over -> found(registration.id()));
    }

    private CompletableFuture<Found> found(RegistrationId id) {
        return registrations
                .find(id)
                .thenApply(found -> found.orElseThrow(
                        () -> RegistrationIds.unknown(id.toString()).exception()));
    }

    @Api(
            value = "Shows the registrations within the caller's reach, newest first, a page at a time",
            problems = ProblemCode.SHARD_UNAVAILABLE)
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR})
    @GetMapping(PATH)
    CompletableFuture<Items> newest(
            @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit,
            @RequestParam(required = false) @Nullable String cursor,
            Caller caller) {
        Cursor after = cursor == null
                ? Cursor.START
                : Cursor.parse(cursor).orElseThrow(RegistrationQueryController::badCursor);
        return registrations.newest(whose(caller), after, limit).thenApply(Items::of);
    }

    private Whose whose(Caller caller) {
        String shard = caller.shard();
        Integer stno = caller.stno();
        if (reach.hasAll(caller)) {
            return Whose.ALL;
        }
        return shard != null && stno != null && caller.isStudent(shard, stno)
                ? Whose.student(shard, stno)
                : Whose.universities(UniversityRange.multirange(caller.universities()));
    }

    private static RuntimeException badCursor() {
        return Problem.invalid("?cursor", FieldError.Code.FORMAT, "must be the `next` of a page")
                .exception();
    }

    /** A registration, and who could be asked about it. */
    record One(@JsonUnwrapped RegistrationBody registration, boolean shardAvailable, boolean masterAvailable) {

        static One of(Found found) {
            return new One(RegistrationBody.of(found.registration()), found.shardAvailable(), found.masterAvailable());
        }
    }

    /** Newest first; nothing from before the shard kept it. */
    record History(List<RegistrationChange> items) {}

    /** A page of registrations; {@code next} is the cursor of the page after it, null at the end. */
    record Items(
            List<RegistrationBody> items,
            @Nullable String next,
            boolean masterAvailable,
            List<String> unavailableShards) {

        static Items of(Page page) {
            return new Items(
                    page.items().stream().map(RegistrationBody::of).toList(),
                    page.next() == null ? null : page.next().text(),
                    page.masterAvailable(),
                    page.unavailableShards());
        }
    }
}
