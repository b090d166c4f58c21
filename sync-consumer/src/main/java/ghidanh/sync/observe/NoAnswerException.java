package ghidanh.sync.observe;

import ghidanh.database.Obstacle;

/** Thrown when a database did not answer a question; the message says which and why, for people. */
final class NoAnswerException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Obstacle obstacle;

    NoAnswerException(String message, Throwable cause) {
        super(message, cause);
        this.obstacle = Obstacle.of(cause);
    }

    Obstacle obstacle() {
        return obstacle;
    }
}
