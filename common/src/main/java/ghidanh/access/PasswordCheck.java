package ghidanh.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.regex.Pattern;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * Checks passwords, and none for a while where too many were wrong: of an account, or from an address whatever the accounts. Where
 * an account has signed in before, only what is wrong at that address counts: strangers keep nobody out of their usual place.
 * Thread-safe.
 */
class PasswordCheck extends DaoAuthenticationProvider {

    /** Wrong passwords; after them one more in each {@link #PAUSE}. */
    private static final int OF_ACCOUNT = 10;

    /** Behind an address there may be a whole university; after them one a second. */
    private static final int FROM_ADDRESS = 200;

    /** As {@link ghidanh.web.ProblemCode#TOO_MANY_GUESSES} has it. */
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private static final int MOST = 100_000;
    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(1);
    private static final int LONGEST_NAME = 100;
    /** The half of an address that its owner chooses. */
    private static final Pattern IPV6_HOST = Pattern.compile("^((?:[^:]*:){4}).*");

    private final Cache<Guesser, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .build();

    /** Empty for any. */
    private record Guesser(String account, String address) {}

    PasswordCheck(UserDetailsService accounts) {
        super(accounts);
    }

    @Override
    public Authentication authenticate(Authentication asked) {
        String account = shortened(asked.getName());
        String address = asked.getDetails() instanceof WebAuthenticationDetails web
                ? shortened(IPV6_HOST
                        .matcher(String.valueOf(web.getRemoteAddress()))
                        .replaceFirst("$1"))
                : "";
        var here = new Guesser(account, address);
        Bucket fromAddress = buckets.get(new Guesser("", address), key -> bucket(FROM_ADDRESS, 30));
        Bucket known = buckets.getIfPresent(here);
        if (known != null) {
            return check(asked, known, fromAddress);
        }
        if (fromAddress.getAvailableTokens() == 0) {
            throw new TooManyGuessesException();
        }
        Bucket ofAccount = buckets.get(new Guesser(account, ""), key -> bucket(OF_ACCOUNT, 1));
        // One at a time: a thousand at once would all be before the first wrong one.
        synchronized (ofAccount) {
            Authentication signedIn = check(asked, ofAccount, fromAddress);
            buckets.put(here, bucket(OF_ACCOUNT, 1));
            return signedIn;
        }
    }

    private Authentication check(Authentication asked, Bucket left, Bucket fromAddress) {
        if (left.getAvailableTokens() == 0) {
            throw new TooManyGuessesException();
        }
        try {
            return super.authenticate(asked);
        } catch (AuthenticationException e) {
            left.tryConsume(1);
            fromAddress.tryConsume(1);
            throw e;
        }
    }

    private static String shortened(String name) {
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }

    private static Bucket bucket(int wrong, int more) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(wrong).refillIntervally(more, PAUSE))
                .build();
    }
}
