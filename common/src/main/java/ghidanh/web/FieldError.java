package ghidanh.web;

/**
 * What is wrong with one field of a body, or one parameter.
 *
 * @param pointer JSON pointer into the body, such as {@code /stno}, or a parameter's name after {@code ?}
 * @param code what kind of error, for programs
 * @param message what to change, for people
 */
public record FieldError(String pointer, Code code, String message) {

    /** Kinds of errors in a field. */
    public enum Code {
        REQUIRED,
        TYPE,
        RANGE,
        FORMAT,
        CONFLICT,
        UNKNOWN_FIELD
    }

    boolean isOfParameter() {
        return pointer.startsWith("?");
    }

    String sentence() {
        String subject = pointer.isEmpty() ? "The body" : pointer;
        return (isOfParameter() ? "Parameter " + pointer.substring(1) : subject) + " " + message + ".";
    }
}
