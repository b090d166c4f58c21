package ghidanh.event;

/** Thrown for a record that is not an event this version knows; the message is the dead letter's reason. */
public class UnreadableEventException extends RuntimeException {

    public UnreadableEventException(String message) {
        super(message);
    }

    UnreadableEventException(String message, Throwable cause) {
        super(message, cause);
    }
}
