package ghidanh.access;

/** The settings let nobody in, or everybody. */
class InvalidAccessException extends RuntimeException {

    private static final long serialVersionUID = 1;

    InvalidAccessException(String message) {
        super(message);
    }
}
