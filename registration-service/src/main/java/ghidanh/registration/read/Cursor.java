package ghidanh.registration.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import ghidanh.registration.database.Times;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a page of the list of all registrations starts: after the row with this key. A row has the same key whether shard
 * or master shows it, so one that arrives on the master between two pages is neither skipped nor shown twice.
 */
public record Cursor(Instant createdAt, String shard, long regId) {

    /** Newest first. */
    static final Comparator<Cursor> NEWEST_FIRST = Comparator.comparing(Cursor::createdAt)
            .thenComparing(Cursor::shard)
            .thenComparing(Cursor::regId)
            .reversed();

    /** Before every registration, whatever its time and number: no shard has such a name. */
    public static final Cursor START = new Cursor(Instant.MAX, "~", Long.MAX_VALUE);

    private static final Pattern TEXT = Pattern.compile("(-?\\d{1,19}) ([a-z0-9_]{1,30}) (-?\\d{1,19})");

    /** As clients carry it; they need not know what is in it. */
    public String text() {
        String text = Times.micros(createdAt) + " " + shard + " " + regId;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    /** Empty where the text was not made by {@link #text}. */
    public static Optional<Cursor> parse(String cursor) {
        try {
            Matcher text = TEXT.matcher(new String(Base64.getUrlDecoder().decode(cursor), UTF_8));
            return text.matches()
                    ? Optional.of(new Cursor(
                            Times.ofMicros(Long.parseLong(text.group(1))),
                            text.group(2),
                            Long.parseLong(text.group(3))))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
