package ghidanh.registration.read;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a registration in the whole system; written {@code 5433-17}.
 *
 * @param shard the shard it is on
 * @param regId its number there
 */
public record RegistrationId(String shard, long regId) {

    private static final Pattern TEXT = Pattern.compile("([a-z0-9_]{1,30})-([1-9][0-9]{0,18})");

    /** Reads {@code 5433-17}; empty where the text is no such id. */
    public static Optional<RegistrationId> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        try {
            return matcher.matches()
                    ? Optional.of(new RegistrationId(matcher.group(1), Long.parseLong(matcher.group(2))))
                    : Optional.empty();
        } catch (NumberFormatException beyondEveryNumber) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return shard + "-" + regId;
    }
}
