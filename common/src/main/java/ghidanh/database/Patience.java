package ghidanh.database;

import java.time.Duration;

/**
 * How long a session waits for its database, so that nothing waits for ever.
 *
 * @param connect for the session itself; whole seconds, at least one
 * @param answer until the driver gives up on a silent server, and on the session; whole seconds, at least one
 * @param statement until the server gives up a statement, and keeps the session; zero: as the database is set
 * @param lock until the server gives up waiting for somebody else's lock; zero: as the database is set
 */
public record Patience(Duration connect, Duration answer, Duration statement, Duration lock) {

    public static Patience of(Duration connect, Duration answer) {
        return new Patience(connect, answer, Duration.ZERO, Duration.ZERO);
    }

    public static Patience of(Duration connect, Duration answer, Duration statement) {
        return new Patience(connect, answer, statement, Duration.ZERO);
    }

    /** As the server's command line takes them; what is zero is left to the database's own settings. */
    String options() {
        return option("statement_timeout", statement) + option("lock_timeout", lock);
    }

    private static String option(String name, Duration value) {
        return value.isZero() ? "" : "-c " + name + "=" + value.toMillis() + " ";
    }

    int connectSeconds() {
        return seconds(connect);
    }

    int answerSeconds() {
        return seconds(answer);
    }

    private static int seconds(Duration duration) {
        return (int) Math.max(1, duration.toSeconds());
    }
}
