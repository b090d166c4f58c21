package ghidanh.event;

import java.util.Locale;
import java.util.Optional;

/** What an event can point at; the names are the outbox's. */
public enum Entity {
    STUDENT,
    SECTION,
    REGISTRATION;

    private final String outboxName = name().toLowerCase(Locale.ROOT);

    /** As the outbox and the event spell it. */
    public String outboxName() {
        return outboxName;
    }

    public static Optional<Entity> of(String outboxName) {
        for (Entity entity : values()) {
            if (entity.outboxName.equals(outboxName)) {
                return Optional.of(entity);
            }
        }
        return Optional.empty();
    }
}
