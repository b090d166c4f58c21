package ghidanh.embedded;

import java.nio.file.Path;

/** A server did not start; the message says which, where, what its log says last and what to do. */
public final class StartFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StartFailedException(String message) {
        super(message);
    }

    StartFailedException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Shows the end of the server's log. */
    public StartFailedException(String message, Path log) {
        this(message + "\nThe end of " + log + ":\n" + new ServerLog(log).tail());
    }
}
