package ghidanh.registration.window.web;

import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.student.web.Reach;
import ghidanh.registration.student.web.Why;
import ghidanh.registration.window.RegistrationWindow;
import ghidanh.registration.window.RegistrationWindows;
import ghidanh.web.Api;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** When students register for a term; registrars open and close it for their own universities. */
@RestController
class WindowController {

    private static final String PATH = "/api/windows/{shard}";

    private final ShardDatabases databases;
    private final Reach reach;
    private final RegistrationWindows windows;

    WindowController(ShardDatabases databases, Reach reach, RegistrationWindows windows) {
        this.databases = databases;
        this.reach = reach;
        this.windows = windows;
    }

    @Api(
            value = "Shows when students of a shard register, the newest 500 windows, the latest term first",
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR})
    @GetMapping(PATH)
    CompletableFuture<WindowList> newest(@PathVariable String shard) {
        return windows.newest(Problem.known(shard, databases.catalogue())).thenApply(WindowList::new);
    }

    @Api(
            value = "Opens registration for a term; the first window of a term closes it to everybody whose it is not",
            body = WindowRequest.class,
            example = "{\"year\": 2030, \"semester\": 2, \"opens\": \"2030-01-07T08:00:00+07:00\","
                    + " \"closes\": \"2030-01-19T17:00:00+07:00\", \"dropUntil\": \"2030-02-15T17:00:00+07:00\","
                    + " \"reason\": \"đợt 1\"}",
            answer = RegistrationWindow.class,
            statuses = 201,
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.UNKNOWN_UNIVERSITY, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed(UserRole.REGISTRAR)
    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<RegistrationWindow>> open(
            @PathVariable String shard, @RequestBody JsonNode body, Caller caller) {
        WindowRequest request = WindowRequest.read(body);
        reach.requireAllOf(caller, Problem.known(shard, databases.catalogue()), request.uId());
        return windows.open(shard, request.window(), request.reason(), caller.actor())
                .thenCompose(number -> {
                    int windowId = number.orElseThrow(() -> Problem.of(
                                    ProblemCode.UNKNOWN_UNIVERSITY,
                                    "Shard " + shard + " has no university " + request.uId() + ".")
                            .exception());
                    return windows.find(shard, windowId)
                            .thenApply(opened -> ResponseEntity.status(HttpStatus.CREATED)
                                    .body(opened.orElseThrow(() -> unknown(shard, windowId))));
                });
    }

    @Api(
            value = "Closes a window at once, and deletes one that has not begun; until when one may withdraw stays",
            body = Why.class,
            example = "{\"reason\": \"nhầm đợt\"}",
            statuses = 204,
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.UNKNOWN_WINDOW, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed(UserRole.REGISTRAR)
    @PostMapping(path = PATH + "/{windowId}:close", consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<Void>> close(
            @PathVariable String shard, @PathVariable int windowId, @RequestBody JsonNode body, Caller caller) {
        Why why = Why.read(body);
        return windows.find(Problem.known(shard, databases.catalogue()), windowId)
                .thenCompose(found -> {
                    RegistrationWindow window = found.orElseThrow(() -> unknown(shard, windowId));
                    reach.requireAllOf(caller, shard, window.uId());
                    return windows.close(shard, windowId, why.reason(), caller.actor());
                })
                .thenApply(closed -> {
                    if (!closed) {
                        throw unknown(shard, windowId);
                    }
                    return ResponseEntity.noContent().build();
                });
    }

    private static RuntimeException unknown(String shard, int windowId) {
        return Problem.of(
                        ProblemCode.UNKNOWN_WINDOW, "Shard " + shard + " has no registration window " + windowId + ".")
                .exception();
    }

    /** The latest term first. */
    record WindowList(List<RegistrationWindow> items) {}
}
