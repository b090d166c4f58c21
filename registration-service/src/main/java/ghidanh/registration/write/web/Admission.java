package ghidanh.registration.write.web;

import ghidanh.web.LaterAnswers;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import ghidanh.web.WrittenProblem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Refuses registrations and withdrawals at the door while enough are in work: every handler of this package writes and needs
 * a permit, which its request holds from when its body is here, and before it is read as JSON, until it is answered. It bounds
 * the writers' queues, and what waits for threads before and after them.
 */
@Component
final class Admission implements HandlerInterceptor, WebMvcConfigurer {

    /** The request's attribute that has its {@link Permits}. */
    static final String PERMITS = "ghidanh.permits";

    private final int limit;
    private final Semaphore free;
    private final Counter refused;
    /** Written once for all: thousands of refusals a second leave the processors to those who have a permit. */
    private final WrittenProblem refusal;

    Admission(AdmissionSettings settings, MeterRegistry meters) {
        this.limit = settings.limit();
        this.free = new Semaphore(limit);
        this.refusal = new WrittenProblem(Problem.of(
                ProblemCode.TOO_BUSY, "Nothing was changed: " + limit + " registrations are in work already."));
        this.refused = Counter.builder("registration.refused")
                .description("Registrations and withdrawals refused since as many as the limit were in work")
                .register(meters);
        Gauge.builder("registration.in.work", free, permits -> limit - permits.availablePermits())
                .description("Registrations and withdrawals between door and answer")
                .register(meters);
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        // By its handler, since there are many ways to spell an address. An answer that comes later is dispatched anew.
        if (request.getDispatcherType() == DispatcherType.REQUEST
                && handler instanceof HandlerMethod method
                && method.getBeanType().getPackage().equals(Admission.class.getPackage())) {
            var permits = new Permits();
            if (permits.take(1) == 0) {
                refusal.answer(response);
                return false;
            }
            request.setAttribute(PERMITS, permits);
            LaterAnswers.whenAnswered(request, permits::free);
        }
        return true;
    }

    @Override
    public void afterCompletion(
            HttpServletRequest request, HttpServletResponse response, Object handler, @Nullable Exception failure) {
        if (request.getAttribute(PERMITS) instanceof Permits permits && !request.isAsyncStarted()) {
            permits.free();
        }
    }

    /** What one request holds. */
    final class Permits {

        private final AtomicInteger held = new AtomicInteger();

        /** Returns how many of the permits wanted there were; the others count as refused. */
        int take(int wanted) {
            int taken = 0;
            while (taken < wanted && free.tryAcquire()) {
                taken++;
            }
            held.addAndGet(taken);
            refused.increment(wanted - taken);
            return taken;
        }

        /** What is answered for one that there was none for. */
        Problem refusal() {
            return refusal.problem();
        }

        private void free() {
            free.release(held.getAndSet(0));
        }
    }
}
