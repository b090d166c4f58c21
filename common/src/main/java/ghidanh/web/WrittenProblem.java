package ghidanh.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A problem as bytes, for those who answer without Spring: before it, or thousands of times a second. */
public final class WrittenProblem {

    private final Problem problem;
    private final byte[] body;

    public WrittenProblem(Problem problem) {
        this.problem = problem;
        this.body = Problem.json(problem.body());
    }

    public Problem problem() {
        return problem;
    }

    /** The whole answer, its length included. */
    public void answer(HttpServletResponse response) throws IOException {
        response.setStatus(problem.status());
        problem.headers().forEach((name, values) -> values.forEach(value -> response.setHeader(name, value)));
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
