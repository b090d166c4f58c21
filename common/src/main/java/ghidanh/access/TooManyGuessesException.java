package ghidanh.access;

import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import org.springframework.security.core.AuthenticationException;

/** Thrown where a password is not looked at, since so many before it were wrong. */
class TooManyGuessesException extends AuthenticationException {

    private static final long serialVersionUID = 1L;

    static final Problem PROBLEM = Problem.of(
            ProblemCode.TOO_MANY_GUESSES,
            "Too many passwords were wrong, for this account or from this address; none is looked at for a while.");

    TooManyGuessesException() {
        super(PROBLEM.detail());
    }
}
