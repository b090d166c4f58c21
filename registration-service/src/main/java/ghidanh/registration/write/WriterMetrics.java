package ghidanh.registration.write;

import static java.util.Objects.requireNonNull;

import ghidanh.registration.write.RegistrationOutcome.Refused;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the writer of one shard counts. Every request ends in exactly one of: accepted, rejected, or repeated (it asked
 * for what was so already; not counted here).
 */
final class WriterMetrics {

    enum Operation {
        REGISTER,
        WITHDRAW,
        WAIT
    }

    enum Rejection {
        FULL,
        UNKNOWN_STUDENT,
        UNKNOWN_SECTION,
        UNKNOWN_REGISTRATION,
        SECTION_CANCELLED,
        PAST_TERM,
        NOT_OPEN,
        CLOSED,
        ON_HOLD,
        NOT_ELIGIBLE,
        SAME_COURSE,
        TIME_CLASH,
        CREDIT_LIMIT,
        GRADED,
        TOO_LATE,
        NEWER_RULE,
        HELD,
        STOPPING,
        SHARD_DOWN,
        ERROR
    }

    private final Map<Operation, Counter> accepted = new EnumMap<>(Operation.class);
    private final Map<Rejection, Counter> rejected = new EnumMap<>(Rejection.class);
    private final DistributionSummary batch;

    /** @param waiting how many requests wait for the writer */
    WriterMetrics(String shard, Supplier<Number> waiting, MeterRegistry meters) {
        for (Operation operation : Operation.values()) {
            accepted.put(
                    operation,
                    Counter.builder("registration.accepted")
                            .description(
                                    "Registrations, withdrawals and entries in waiting lists committed on the shard")
                            .tag("shard", shard)
                            .tag("operation", tag(operation))
                            .register(meters));
        }
        for (Rejection rejection : Rejection.values()) {
            rejected.put(
                    rejection,
                    Counter.builder("registration.rejected")
                            .description("Requests refused by a rule or by a fault")
                            .tag("shard", shard)
                            .tag("reason", tag(rejection))
                            .register(meters));
        }
        batch = DistributionSummary.builder("registration.writer.batch")
                .description("Requests committed together; 1 on an idle system")
                .baseUnit("requests")
                .tag("shard", shard)
                .register(meters);
        Gauge.builder("registration.writer.queue", waiting)
                .description("Requests that wait for the writer")
                .baseUnit("requests")
                .tag("shard", shard)
                .register(meters);
    }

    void count(RegistrationOutcome outcome) {
        Optional<Counter> counter = outcome.fold(
                registered -> Optional.of(of(Operation.REGISTER)),
                already -> Optional.empty(),
                waiting -> waiting.before() ? Optional.empty() : Optional.of(of(Operation.WAIT)),
                refused -> Optional.of(of(rejection(refused.reason()))));
        counter.ifPresent(Counter::increment);
    }

    void count(WithdrawalOutcome outcome) {
        switch (outcome.kind()) {
            case WITHDRAWN -> of(Operation.WITHDRAW).increment();
            case ALREADY_WITHDRAWN -> {}
            case UNKNOWN_REGISTRATION -> of(Rejection.UNKNOWN_REGISTRATION).increment();
            case GRADED -> of(Rejection.GRADED).increment();
            case PAST_TERM -> of(Rejection.PAST_TERM).increment();
            case TOO_LATE -> of(Rejection.TOO_LATE).increment();
            case NEWER_RULE -> of(Rejection.NEWER_RULE).increment();
        }
    }

    /** A swap is a withdrawal and a registration; one that is refused counts once. */
    void count(SwapOutcome outcome) {
        if (outcome.registration() != null) {
            count(outcome.registration());
        }
        if (outcome.withdrawal() != null && !(outcome.registration() instanceof Refused)) {
            count(outcome.withdrawal());
        }
    }

    void rejected(Rejection rejection) {
        of(rejection).increment();
    }

    void batch(int size) {
        batch.record(size);
    }

    private Counter of(Operation operation) {
        return requireNonNull(accepted.get(operation));
    }

    private Counter of(Rejection rejection) {
        return requireNonNull(rejected.get(rejection));
    }

    private static Rejection rejection(Refusal refusal) {
        return switch (refusal) {
            case SECTION_FULL -> Rejection.FULL;
            case UNKNOWN_STUDENT -> Rejection.UNKNOWN_STUDENT;
            case UNKNOWN_SECTION -> Rejection.UNKNOWN_SECTION;
            case SECTION_CANCELLED -> Rejection.SECTION_CANCELLED;
            case PAST_TERM -> Rejection.PAST_TERM;
            case NOT_OPEN -> Rejection.NOT_OPEN;
            case CLOSED -> Rejection.CLOSED;
            case ON_HOLD -> Rejection.ON_HOLD;
            case NOT_ELIGIBLE -> Rejection.NOT_ELIGIBLE;
            case SAME_COURSE -> Rejection.SAME_COURSE;
            case TIME_CLASH -> Rejection.TIME_CLASH;
            case CREDIT_LIMIT -> Rejection.CREDIT_LIMIT;
            case NEWER_RULE -> Rejection.NEWER_RULE;
        };
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
