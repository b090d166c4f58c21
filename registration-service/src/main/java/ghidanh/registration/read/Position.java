package ghidanh.registration.read;

import java.time.Instant;
import java.util.Comparator;

/**
 * A place in the list of all registrations. The same for a row whether shard or master shows it, so a row that arrives on
 * the master between two pages is neither skipped nor shown twice.
 */
public record Position(Instant createdAt, String shard, long regId) {

    /** Newest first. */
    static final Comparator<Position> NEWEST_FIRST = Comparator.comparing(Position::createdAt)
            .thenComparing(Position::shard)
            .thenComparing(Position::regId)
            .reversed();

    /** Before every registration. */
    public static final Position START = new Position(Instant.MAX, "", 0);
}
