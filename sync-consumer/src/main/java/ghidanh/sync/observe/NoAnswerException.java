package ghidanh.sync.observe;

/** Thrown when a database did not answer a question; the message says which and why, for people. */
final class NoAnswerException extends Exception {

    private static final long serialVersionUID = 1L;

    NoAnswerException(String message, Throwable cause) {
        super(message, cause);
    }
}
