package ghidanh.registration.student.web;

import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.registration.database.Answers;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.student.Student;
import ghidanh.registration.student.Students;
import ghidanh.web.Api;
import ghidanh.web.FieldError;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.text.Normalizer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

@RestController
class StudentController {

    private static final int LONGEST_QUERY = 100;
    /** Spaces of all kinds, and what has no width. */
    private static final Pattern NOTHING = Pattern.compile("[\\p{IsWhite_Space}\\p{Cf}]*");

    private final Students students;
    private final ShardDatabases databases;
    private final Reach reach;

    StudentController(Students students, ShardDatabases databases, Reach reach) {
        this.students = students;
        this.reach = reach;
        this.databases = databases;
    }

    @Api(
            value = "Finds students by number or by words of their name, without accents if you like",
            problems = ProblemCode.SHARD_UNAVAILABLE)
    @Allowed(UserRole.REGISTRAR)
    @GetMapping("/api/students")
    CompletableFuture<StudentList> search(
            @RequestParam String q, @RequestParam(defaultValue = "20") @Min(1) @Max(100) int limit, Caller caller) {
        // Composed, since a letter with two accents may come as three characters.
        String words = Normalizer.normalize(q, Normalizer.Form.NFC);
        if (NOTHING.matcher(words).matches() || words.length() > LONGEST_QUERY || words.indexOf('\0') >= 0) {
            throw Problem.invalid(
                            "?q",
                            FieldError.Code.FORMAT,
                            "must be a number or a name of at most " + LONGEST_QUERY + " letters")
                    .exception();
        }
        return students.search(words, caller.universities(), limit).thenApply(this::list);
    }

    @Api(
            value = "Forgets who a student is, for good: names, address, day of birth; registrations stay",
            statuses = 204,
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.UNKNOWN_STUDENT, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed(UserRole.OPERATOR)
    @PostMapping("/api/students/{shard}/{stno}:anonymise")
    CompletableFuture<ResponseEntity<Void>> anonymise(
            @PathVariable String shard, @PathVariable int stno, Caller caller) {
        return students.anonymise(Problem.known(shard, databases.catalogue()), stno, caller.actor())
                .thenApply(found -> done(found, shard, stno));
    }

    @Api(
            value = "Keeps a student from registering, for a reason that the student is told",
            body = Why.class,
            example = "{\"reason\": \"chưa đóng học phí\"}",
            statuses = 204,
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.UNKNOWN_STUDENT, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed(UserRole.REGISTRAR)
    @PostMapping(path = "/api/students/{shard}/{stno}:hold", consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<Void>> hold(
            @PathVariable String shard, @PathVariable int stno, @RequestBody JsonNode body, Caller caller) {
        return hold(shard, stno, true, Why.read(body), caller);
    }

    @Api(
            value = "Lets a student register again who was on hold",
            body = Why.class,
            example = "{\"reason\": \"đã đóng học phí\"}",
            statuses = 204,
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.UNKNOWN_STUDENT, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed(UserRole.REGISTRAR)
    @PostMapping(path = "/api/students/{shard}/{stno}:release", consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<Void>> release(
            @PathVariable String shard, @PathVariable int stno, @RequestBody JsonNode body, Caller caller) {
        return hold(shard, stno, false, Why.read(body), caller);
    }

    private CompletableFuture<ResponseEntity<Void>> hold(String shard, int stno, boolean held, Why why, Caller caller) {
        return reach.require(caller, Problem.known(shard, databases.catalogue()), stno)
                .thenCompose(within -> students.hold(shard, stno, held, why.reason(), caller.actor()))
                .thenApply(found -> done(found, shard, stno));
    }

    private static ResponseEntity<Void> done(boolean found, String shard, int stno) {
        if (!found) {
            throw Problem.of(ProblemCode.UNKNOWN_STUDENT, "Shard " + shard + " has no student " + stno + ".")
                    .exception();
        }
        return ResponseEntity.noContent().build();
    }

    private StudentList list(Answers<Student> found) {
        if (found.unavailableShards().size() == databases.all().size()) {
            throw Problem.unavailableShards(found.unavailableShards()).exception();
        }
        return new StudentList(found.rows(), found.unavailableShards());
    }

    /** The students found; of the shards that are named as unavailable, none is in it. */
    record StudentList(List<Student> items, List<String> unavailableShards) {}
}
