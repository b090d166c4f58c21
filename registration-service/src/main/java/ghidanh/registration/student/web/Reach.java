package ghidanh.registration.student.web;

import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.student.Students;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Whose rows a caller may see and change: a student their own, a registrar those of their universities' students. */
@Component
public class Reach {

    private final ShardDatabases databases;
    private final Students students;

    Reach(ShardDatabases databases, Students students) {
        this.databases = databases;
        this.students = students;
    }

    /**
     * Whether a student is within reach, or does not exist as far as a registrar could know. The shard is asked only for a
     * registrar who has some of its universities.
     *
     * @param shard one that exists
     */
    public CompletableFuture<Boolean> has(Caller caller, String shard, int stno) {
        if (caller.isStudent(shard, stno) || hasAllOf(caller, shard)) {
            return CompletableFuture.completedFuture(true);
        }
        if (!caller.is(UserRole.REGISTRAR)) {
            return CompletableFuture.completedFuture(false);
        }
        return students.find(shard, stno)
                .thenApply(found ->
                        found.map(student -> caller.registersFor(student.uId())).orElse(true));
    }

    /** Whether every student of an existing shard is within reach. */
    public boolean hasAllOf(Caller caller, String shard) {
        return databases
                .catalogue()
                .find(shard)
                .filter(caller::registersForAllOf)
                .isPresent();
    }

    /** Whether every student is within reach. */
    public boolean hasAll(Caller caller) {
        return databases.catalogue().names().stream().allMatch(shard -> hasAllOf(caller, shard));
    }

    /** Fails with a {@link ghidanh.web.ProblemException} if a student is out of reach. */
    public CompletableFuture<Void> require(Caller caller, String shard, int stno) {
        return has(caller, shard, stno).thenAccept(within -> {
            if (!within) {
                throw refusal(shard, stno).exception();
            }
        });
    }

    /**
     * Fails with a {@link ghidanh.web.ProblemException} if some student of a university is out of reach.
     *
     * @param shard one that exists
     * @param uId null: of all of the shard's
     */
    public void requireAllOf(Caller caller, String shard, @Nullable Integer uId) {
        boolean within = uId == null ? hasAllOf(caller, shard) : caller.registersFor(uId);
        if (!within) {
            throw Problem.of(
                            ProblemCode.FORBIDDEN,
                            "This is for students of shard " + shard + " who are not yours. Nothing was changed.")
                    .with("shard", shard)
                    .exception();
        }
    }

    static Problem refusal(String shard, int stno) {
        return Problem.of(
                        ProblemCode.FORBIDDEN,
                        "Student " + stno + " of shard " + shard
                                + " is not yours to see or change. Nothing was changed.")
                .with("shard", shard)
                .with("stno", stno);
    }
}
