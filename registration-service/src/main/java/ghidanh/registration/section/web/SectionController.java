package ghidanh.registration.section.web;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import ghidanh.access.Allowed;
import ghidanh.access.Caller;
import ghidanh.access.UserRole;
import ghidanh.registration.database.Answers;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.section.Cancellation;
import ghidanh.registration.section.ExtraSeats;
import ghidanh.registration.section.OpenSection;
import ghidanh.registration.section.OwnSection;
import ghidanh.registration.section.StudentTerm;
import ghidanh.registration.section.StudentTerm.Offer;
import ghidanh.registration.section.StudentTerms;
import ghidanh.registration.section.Term;
import ghidanh.registration.section.Terms;
import ghidanh.registration.student.Student;
import ghidanh.registration.student.Students;
import ghidanh.registration.student.web.Reach;
import ghidanh.registration.student.web.Why;
import ghidanh.registration.write.web.Origins;
import ghidanh.registration.write.web.RefusalBody;
import ghidanh.web.Api;
import ghidanh.web.JsonFields;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
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
class SectionController {

    private static final int MOST_EXTRA = 10_000;

    private final ShardDatabases databases;
    private final Students students;
    private final Reach reach;
    private final StudentTerms studentTerms;
    private final Terms terms;
    private final Cancellation cancellation;
    private final ExtraSeats extraSeats;
    private final Origins origins;

    SectionController(
            ShardDatabases databases,
            Students students,
            Reach reach,
            StudentTerms studentTerms,
            Terms terms,
            Cancellation cancellation,
            ExtraSeats extraSeats,
            Origins origins) {
        this.cancellation = cancellation;
        this.databases = databases;
        this.students = students;
        this.reach = reach;
        this.studentTerms = studentTerms;
        this.terms = terms;
        this.extraSeats = extraSeats;
        this.origins = origins;
    }

    @Api(
            value =
                    "Shows a student's current term: what they have, what they can still register for, and what would stand against it;"
                            + " with `full`, also what they can wait for",
            problems = {ProblemCode.UNKNOWN_SHARD, ProblemCode.UNKNOWN_STUDENT, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR})
    @GetMapping("/api/students/{shard}/{stno}/sections")
    CompletableFuture<SectionList> open(
            @PathVariable String shard,
            @PathVariable int stno,
            @RequestParam(defaultValue = "false") boolean full,
            Caller caller) {
        return reach.require(caller, Problem.known(shard, databases.catalogue()), stno)
                .thenCompose(within -> open(shard, stno, full));
    }

    private CompletableFuture<SectionList> open(String shard, int stno, boolean full) {
        return students.find(shard, stno).thenCompose(found -> {
            Student student = found.orElseThrow(
                    () -> Problem.of(ProblemCode.UNKNOWN_STUDENT, "Shard " + shard + " has no student " + stno + ".")
                            .with("shard", shard)
                            .with("stno", stno)
                            .exception());
            return studentTerms.of(shard, stno, full).thenApply(term -> SectionList.of(student, term));
        });
    }

    @Api(
            value =
                    "Cancels a section and withdraws its registrations, but graded ones; repeating it is safe and goes on",
            body = Why.class,
            example = "{\"reason\": \"ít sinh viên\"}",
            problems = {
                ProblemCode.UNKNOWN_SHARD,
                ProblemCode.UNKNOWN_SECTION,
                ProblemCode.PAST_TERM,
                ProblemCode.SHARD_UNAVAILABLE
            })
    @Allowed(UserRole.REGISTRAR)
    @PostMapping(path = "/api/sections/{shard}/{secNo}:cancel", consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<Cancelled> cancel(
            @PathVariable String shard, @PathVariable int secNo, @RequestBody JsonNode body, Caller caller) {
        Why why = Why.read(body);
        reach.requireAllOf(caller, Problem.known(shard, databases.catalogue()), null);
        return cancellation
                .cancel(shard, secNo, why.reason(), origins.of(caller))
                .thenApply(progress -> switch (progress.outcome()) {
                    case CANCELLED -> new Cancelled(progress.withdrawn(), progress.graded());
                    case UNKNOWN_SECTION -> throw unknown(shard, secNo);
                    case PAST_TERM ->
                        throw Problem.of(
                                        ProblemCode.PAST_TERM,
                                        "Section " + secNo + " of shard " + shard + " is of a term that is past.")
                                .exception();
                });
    }

    @Api(
            value = "Gives a section seats above its capacity, which who waits gets first, or takes them back",
            body = Extra.class,
            example = "{\"extraSeats\": 2, \"reason\": \"phòng lớn hơn\"}",
            statuses = 204,
            problems = {
                ProblemCode.UNKNOWN_SHARD,
                ProblemCode.UNKNOWN_SECTION,
                ProblemCode.SEATS_TAKEN,
                ProblemCode.SHARD_UNAVAILABLE
            })
    @Allowed(UserRole.REGISTRAR)
    @PostMapping(path = "/api/sections/{shard}/{secNo}:seats", consumes = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<Void>> seats(
            @PathVariable String shard, @PathVariable int secNo, @RequestBody JsonNode body, Caller caller) {
        Extra extra = Extra.read(body);
        reach.requireAllOf(caller, Problem.known(shard, databases.catalogue()), null);
        return extraSeats
                .set(shard, secNo, extra.extraSeats(), extra.reason(), caller.actor())
                .thenApply(outcome -> switch (outcome) {
                    case SET -> ResponseEntity.noContent().build();
                    case UNKNOWN_SECTION -> throw unknown(shard, secNo);
                    case SEATS_TAKEN ->
                        throw Problem.of(
                                        ProblemCode.SEATS_TAKEN,
                                        "More seats of section " + secNo + " of shard " + shard
                                                + " are taken than it would have.")
                                .exception();
                });
    }

    private static RuntimeException unknown(String shard, int secNo) {
        return Problem.of(ProblemCode.UNKNOWN_SECTION, "Shard " + shard + " has no section " + secNo + ".")
                .exception();
    }

    @Api(
            value = "Shows the newest term of all shards",
            problems = {ProblemCode.UNKNOWN_TERM, ProblemCode.SHARD_UNAVAILABLE})
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR, UserRole.OPERATOR})
    @GetMapping("/api/terms/current")
    CompletableFuture<CurrentTerm> current() {
        return terms.current().thenApply(SectionController::greatest);
    }

    private static CurrentTerm greatest(Answers<Term> found) {
        Term term = found.rows().stream()
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> noTerm(found.unavailableShards()));
        return new CurrentTerm(term.year(), term.semester(), found.unavailableShards());
    }

    private static RuntimeException noTerm(List<String> unavailableShards) {
        return (unavailableShards.isEmpty()
                        ? Problem.of(ProblemCode.UNKNOWN_TERM, "No shard has a section yet.")
                        : Problem.unavailableShards(unavailableShards))
                .exception();
    }

    /**
     * A student's current term.
     *
     * @param credits of the sections that the student has
     * @param creditLimit null where there is none
     * @param items what the student could ask for
     * @param own what the student has or waits for
     */
    record SectionList(
            Student student, int credits, @Nullable Integer creditLimit, List<Item> items, List<OwnSection> own) {

        static SectionList of(Student student, StudentTerm term) {
            return new SectionList(
                    student,
                    term.credits(),
                    term.creditLimit(),
                    term.offers().stream().map(Item::of).toList(),
                    term.own());
        }
    }

    /**
     * A section, and what the student would be told who asked for it.
     *
     * @param refusal null where no rule stands against it; a seat may be left or not
     */
    record Item(
            @JsonUnwrapped OpenSection section, @Nullable RefusalBody refusal) {

        static Item of(Offer offer) {
            return new Item(offer.section(), offer.refused() == null ? null : RefusalBody.of(offer.refused()));
        }
    }

    /**
     * A section without students.
     *
     * @param withdrawn registrations withdrawn by this request
     * @param graded registrations that stay, since they have a grade
     */
    record Cancelled(int withdrawn, int graded) {}

    /**
     * Seats that a registrar adds.
     *
     * @param extraSeats above the capacity; 0 takes all back
     * @param reason kept with it
     */
    record Extra(
            @Min(0) @Max(MOST_EXTRA) int extraSeats,
            @Size(min = 1, max = JsonFields.LONGEST_REASON) String reason) {

        static Extra read(JsonNode body) {
            var fields = new JsonFields(body);
            fields.require("extraSeats");
            Integer seats = fields.optionalNumber("extraSeats", 0, MOST_EXTRA);
            return fields.checked(new Extra(seats == null ? 0 : seats, fields.reason("reason")));
        }
    }

    record CurrentTerm(int year, int semester, List<String> unavailableShards) {}
}
