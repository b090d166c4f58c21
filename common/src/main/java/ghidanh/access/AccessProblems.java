package ghidanh.access;

import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import ghidanh.web.WrittenProblem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/** What a request is answered with that is not let in: people get the sign-in page, programs a problem. */
class AccessProblems implements AuthenticationEntryPoint, AccessDeniedHandler {

    private final Callers callers;
    private final WrittenProblem unknown = new WrittenProblem(Problem.of(
            ProblemCode.UNAUTHENTICATED,
            "Nobody is signed in, or the credentials are not valid (any more). Nothing was changed."));
    private final WrittenProblem guesses = new WrittenProblem(TooManyGuessesException.PROBLEM);
    private final WrittenProblem refused = new WrittenProblem(
            Problem.of(
                    ProblemCode.FORBIDDEN,
                    "The request may come from another site, lacks its CSRF token, or is not for this role. Nothing was changed."));

    AccessProblems(Callers callers) {
        this.callers = callers;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (failure instanceof TooManyGuessesException) {
            guesses.answer(response);
            return;
        }
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        if (request.getMethod().equals("GET")
                && request.getHeader(HttpHeaders.AUTHORIZATION) == null
                && accept != null
                && accept.contains(MediaType.TEXT_HTML_VALUE)) {
            response.sendRedirect(LoginPage.PATH);
            return;
        }
        // Not Basic, which would have browsers ask, and remember.
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        unknown.answer(response);
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException failure)
            throws IOException {
        // A stranger lacks more than a CSRF token, except where they sign in.
        boolean isStranger = callers.of(SecurityContextHolder.getContext().getAuthentication()) == null;
        (isStranger && !request.getRequestURI().equals(LoginPage.PATH) ? unknown : refused).answer(response);
    }
}
