package ghidanh.registration.read.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghidanh.registration.read.Position;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place in the list as clients carry it; they need not know what is in it. */
final class Cursor {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,18}) ([a-z0-9_]{1,30}) (\\d{1,18})");

    private Cursor() {}

    static String write(Position position) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, position.createdAt());
        String text = micros + " " + position.shard() + " " + position.regId();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    /** Empty where the text was not made by {@link #write}. */
    static Optional<Position> read(String cursor) {
        try {
            Matcher text = TEXT.matcher(new String(Base64.getUrlDecoder().decode(cursor), UTF_8));
            return text.matches()
                    ? Optional.of(new Position(
                            Instant.EPOCH.plus(Long.parseLong(text.group(1)), ChronoUnit.MICROS),
                            text.group(2),
                            Long.parseLong(text.group(3))))
                    : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
