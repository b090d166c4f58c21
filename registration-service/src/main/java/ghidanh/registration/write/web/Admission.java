package ghidanh.registration.write.web;

import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses registrations at the door while enough are in work. Where the processors are the limit and not the shard, it is
 * threads that requests wait for, before and after the writer: its queue stays short, and nobody would be refused.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10) // after the observation: refusals count as answers
final class Admission extends OncePerRequestFilter {

    private final AtomicInteger inWork = new AtomicInteger();
    private final int limit;
    private final Problem problem;
    private final byte[] refusal;

    Admission(AdmissionSettings settings) {
        this.limit = settings.limit();
        this.problem = Problem.of(
                ProblemCode.TOO_BUSY, "Nothing was changed: " + limit + " registrations are in work already.");
        this.refusal = Problem.json(problem.body());
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals(HttpMethod.POST.name())
                || !request.getRequestURI().startsWith(RegistrationController.PATH);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (inWork.incrementAndGet() > limit) {
            inWork.decrementAndGet();
            refuse(response);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(new Leaving());
            } else {
                inWork.decrementAndGet();
            }
        }
    }

    private void refuse(HttpServletResponse response) throws IOException {
        response.setStatus(problem.status());
        problem.headers().forEach((name, values) -> response.setHeader(name, values.get(0)));
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(refusal.length);
        response.getOutputStream().write(refusal);
    }

    /** The end of a request that was answered later, in whatever way. */
    private final class Leaving implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            inWork.decrementAndGet();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {
            // A new round forgets the listeners of the last.
            event.getAsyncContext().addListener(this);
        }
    }
}
