package ghidanh.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import ghidanh.access.AccessSettings.Mode;
import ghidanh.access.AccessSettings.Rate;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Optional;

/**
 * How much a caller may ask of this instance: whoever asks for more is told when to come again, before anything is queued for
 * them. Thread-safe.
 */
public class Allowances {

    private static final int MOST_CALLERS = 100_000;
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final AccessSettings settings;
    private final Cache<String, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_CALLERS)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .build();

    Allowances(AccessSettings settings) {
        this.settings = settings;
    }

    /** Takes so many requests, or elements of one, off what the caller may still ask; a problem if that is less. */
    public Optional<Problem> take(Caller caller, int count) {
        if (settings.mode() == Mode.OPEN || count <= 0) {
            return Optional.empty();
        }
        Rate rate = caller.roles().stream()
                .map(settings::rateOf)
                .max((one, two) -> Integer.compare(one.burst(), two.burst()))
                .orElse(Rate.PERSON);
        if (buckets.get(caller.subject(), subject -> bucket(rate)).tryConsume(count)) {
            return Optional.empty();
        }
        return Optional.of(Problem.of(
                ProblemCode.TOO_MANY_REQUESTS,
                "More than " + rate.perSecond() + " requests a second, or " + rate.burst()
                        + " at once. Nothing was changed."));
    }

    private static Bucket bucket(Rate rate) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(rate.burst()).refillGreedy(rate.perSecond(), Duration.ofSeconds(1)))
                .build();
    }
}
