package ghidanh.registration.write.web;

import ghidanh.registration.database.Answers;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.student.Student;
import ghidanh.registration.student.Students;
import ghidanh.shard.Shard;
import ghidanh.web.FieldError;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Finds the shard that a request belongs to: the one it names, its university's, or the only one with such a student. */
@Component
class Routing {

    private final ShardDatabases databases;
    private final Students students;

    Routing(ShardDatabases databases, Students students) {
        this.databases = databases;
        this.students = students;
    }

    /** The shard's name, or a {@link ghidanh.web.ProblemException}. */
    CompletableFuture<String> shardOf(RegistrationRequest request) {
        String named = named(request);
        return named == null
                ? students.withNumber(request.stno()).thenApply(found -> onlyShard(request.stno(), found))
                : CompletableFuture.completedFuture(named);
    }

    /**
     * The shard that the request names by itself; null if it leaves that to its student's number.
     *
     * @throws ghidanh.web.ProblemException if it names one that does not exist, or two
     */
    @Nullable String named(RegistrationRequest request) {
        Integer uId = request.uId();
        String ofUniversity = uId == null ? null : shardOfUniversity(uId);
        String given = request.shard();
        if (given == null) {
            return ofUniversity;
        }
        String shard = Problem.known(given, databases.catalogue());
        if (ofUniversity != null && !ofUniversity.equals(shard)) {
            throw Problem.invalid(
                            "/uId",
                            FieldError.Code.CONFLICT,
                            "university " + uId + " is on shard " + ofUniversity + ", not on " + shard)
                    .exception();
        }
        return shard;
    }

    private String shardOfUniversity(int uId) {
        return databases
                .catalogue()
                .ofUniversity(uId)
                .map(Shard::name)
                .orElseThrow(() -> Problem.of(
                                ProblemCode.UNKNOWN_UNIVERSITY, "No shard has students of university " + uId + ".")
                        .with("uId", uId)
                        .exception());
    }

    private static String onlyShard(int stno, Answers<Student> found) {
        List<Student> candidates = found.rows();
        if (candidates.size() > 1) {
            throw Problem.of(
                            ProblemCode.STUDENT_AMBIGUOUS,
                            "Several shards have a student " + stno + ": name the shard or the university.")
                    .with("stno", stno)
                    .with("candidates", candidates)
                    .exception();
        }
        // A shard that cannot be asked may have one, too: guessing could register somebody else.
        if (!found.unavailableShards().isEmpty()) {
            throw Problem.unavailableShards(found.unavailableShards()).exception();
        }
        if (candidates.isEmpty()) {
            throw Problem.of(ProblemCode.UNKNOWN_STUDENT, "No shard has a student " + stno + ".")
                    .with("stno", stno)
                    .exception();
        }
        return candidates.get(0).shard();
    }
}
