package ghidanh.registration.database;

import org.springframework.dao.PessimisticLockingFailureException;

/** Somebody else holds rows, or a table, that a write needs, for longer than it may wait: nothing was changed. */
public final class RowsHeldException extends PessimisticLockingFailureException {

    private static final long serialVersionUID = 1L;

    public RowsHeldException(String message) {
        super(message);
    }

    RowsHeldException(Throwable cause) {
        super("others hold what it needs", cause);
    }
}
