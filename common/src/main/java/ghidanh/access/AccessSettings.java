package ghidanh.access;

import ghidanh.shard.UniversityRange;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may sign in. Tokens and single sign-on have Spring's own settings, {@code spring.security.oauth2.resourceserver.jwt} and
 * {@code spring.security.oauth2.client}.
 *
 * @param mode whether callers are asked who they are
 * @param accounts for the sign-in form and for HTTP Basic, by name
 * @param claims which claims of a token say what
 * @param hosts names in addresses that are answered, beside loopback ones; with none, all are
 * @param rates how much one caller may ask of an instance, by role; a student who is not named here 10 requests a second,
 *     others 2,000
 */
@ConfigurationProperties("ghidanh.access")
public record AccessSettings(
        @DefaultValue("closed") Mode mode,
        @DefaultValue Map<String, Account> accounts,
        @DefaultValue Claims claims,
        @DefaultValue Set<String> hosts,
        @DefaultValue Map<UserRole, Rate> rates) {

    Rate rateOf(UserRole role) {
        Rate usual = role == UserRole.STUDENT ? Rate.PERSON : Rate.OFFICE;
        return rates.getOrDefault(role, usual);
    }

    /**
     * Requests; each element of a batch counts as one.
     *
     * @param burst at once, after a while without any
     */
    public record Rate(int perSecond, int burst) {

        static final Rate PERSON = new Rate(10, 50);
        static final Rate OFFICE = new Rate(2_000, 10_000);

        public Rate {
            if (perSecond < 1 || burst < perSecond) {
                throw new IllegalArgumentException(
                        "a rate is at least 1 a second, and its burst at least a second's worth");
            }
        }
    }

    /** Whether callers are asked who they are. */
    public enum Mode {
        /** Everybody is asked. */
        CLOSED,
        /** As closed, and the sign-in page shows the accounts with their passwords; on loopback addresses only. */
        DEMO,
        /** Nobody is asked and everybody may do everything; on loopback addresses only. */
        OPEN
    }

    /**
     * An account.
     *
     * @param password as it is, or as {@code {bcrypt}...} and the like
     * @param shard where a student is; for others none
     * @param stno the student's number there
     * @param universities whose students a registrar sees, such as {@code 1-10,12}
     */
    public record Account(
            String password,
            UserRole role,
            @Nullable String shard,
            @Nullable Integer stno,
            @DefaultValue List<UniversityRange> universities) {

        Caller caller(String name) {
            return new Caller(name, Set.of(role), shard, stno, universities);
        }
    }

    /**
     * Names of claims.
     *
     * @param role one role or a list; others than ours are ignored
     * @param shard a text
     * @param stno a number
     * @param universities a list of numbers or ranges, or a text such as {@code 1-10,12}
     */
    public record Claims(
            @DefaultValue("role") String role,
            @DefaultValue("shard") String shard,
            @DefaultValue("stno") String stno,
            @DefaultValue("universities") String universities) {}
}
