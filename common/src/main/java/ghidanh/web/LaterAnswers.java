package ghidanh.web;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.webmvc.autoconfigure.WebMvcProperties;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers what a handler has promised as JSON when it is there, and leaves out the second way through all filters and Spring MVC,
 * a fifth of a registration's processor time. Failures go that way, to the advices, and long answers.
 */
public final class LaterAnswers
        implements HandlerMethodReturnValueHandler, HandlerInterceptor, WebMvcConfigurer, SmartInitializingSingleton {

    private static final String DISPATCHED = LaterAnswers.class.getName();
    private static final String WHEN_ANSWERED = DISPATCHED + ".whenAnswered";
    /** Bytes. What clients do not read waits in memory, one answer for each connection; a longer one waits in a thread. */
    private static final int LONGEST = 8192;

    private final ObjectProvider<RequestMappingHandlerAdapter> adapter;
    private final WebMvcProperties properties;
    private final JsonMapper json;

    LaterAnswers(ObjectProvider<RequestMappingHandlerAdapter> adapter, WebMvcProperties properties, JsonMapper json) {
        this.adapter = adapter;
        this.properties = properties;
        this.json = json;
    }

    /** Has this run when the answer is there, sent or not, if it comes later; perhaps more than once. */
    public static void whenAnswered(HttpServletRequest request, Runnable task) {
        request.setAttribute(WHEN_ANSWERED, task);
    }

    /** Before Spring's own, which would take every future. */
    @Override
    public void afterSingletonsInstantiated() {
        RequestMappingHandlerAdapter adapter = this.adapter.getObject();
        List<HandlerMethodReturnValueHandler> handlers = new ArrayList<>();
        handlers.add(this);
        handlers.addAll(adapter.getReturnValueHandlers());
        adapter.setReturnValueHandlers(handlers);
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean supportsReturnType(MethodParameter type) {
        return answers(type);
    }

    /** Whether a handler that returns this answers later. */
    static boolean answers(MethodParameter type) {
        return type.getParameterType() == CompletableFuture.class;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // what it ends with is answered
    public void handleReturnValue(
            @Nullable Object value, MethodParameter type, ModelAndViewContainer container, NativeWebRequest web) {
        container.setRequestHandled(true);
        var promise = (CompletableFuture<?>) requireNonNull(value, "a promise");
        AsyncContext async =
                requireNonNull(web.getNativeRequest(HttpServletRequest.class)).startAsync();
        Duration timeout = properties.getAsync().getRequestTimeout();
        if (timeout != null) {
            async.setTimeout(timeout.toMillis());
        }
        var answer = new Later(async);
        async.addListener(answer);
        boolean here = promise.isDone();
        promise.whenComplete((result, failure) -> answer.end(result, failure, here));
    }

    /** Ends what was dispatched. */
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws Exception {
        Object dispatched = request.getAttribute(DISPATCHED);
        if (dispatched instanceof Exception failure) {
            throw failure;
        }
        if (dispatched instanceof Error failure) {
            throw failure;
        }
        if (dispatched instanceof WholeAnswer answer) {
            answer.write(response);
        }
        return dispatched == null;
    }

    /** One answer on its way. The first end counts. */
    private final class Later implements AsyncListener {

        private final AsyncContext async;
        private final AtomicBoolean over = new AtomicBoolean();

        Later(AsyncContext async) {
            this.async = async;
        }

        /** @param here whether this is the request's own thread, else one that must not be held */
        void end(@Nullable Object result, @Nullable Throwable failure, boolean here) {
            if (!ends()) {
                return;
            }
            if (failure != null) {
                dispatch(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            } else if (here) {
                write(result);
            } else {
                async.start(() -> write(result));
            }
        }

        private boolean ends() {
            boolean first = over.compareAndSet(false, true);
            if (first && async.getRequest().getAttribute(WHEN_ANSWERED) instanceof Runnable task) {
                task.run();
            }
            return first;
        }

        private void dispatch(Object end) {
            async.getRequest().setAttribute(DISPATCHED, end);
            async.dispatch();
        }

        private void write(@Nullable Object result) {
            try {
                ResponseEntity<?> entity =
                        result instanceof ResponseEntity<?> whole ? whole : ResponseEntity.ok(result);
                byte[] body = bytes(entity.getBody());
                var answer = new WholeAnswer(entity.getStatusCode().value(), headers(entity), body);
                if (body.length > LONGEST) {
                    dispatch(answer);
                } else {
                    answer.send(async);
                }
            } catch (IOException | RuntimeException e) {
                dispatch(e);
            }
        }

        private static HttpHeaders headers(ResponseEntity<?> entity) {
            if (!entity.hasBody() || entity.getHeaders().getContentType() != null) {
                return entity.getHeaders();
            }
            var headers = new HttpHeaders(entity.getHeaders());
            headers.setContentType(MediaType.APPLICATION_JSON);
            return headers;
        }

        private byte[] bytes(@Nullable Object body) {
            if (body == null) {
                return new byte[0];
            }
            if (body instanceof ProblemDetail problem) {
                // As Spring does it.
                problem.setInstance(URI.create(((HttpServletRequest) async.getRequest()).getRequestURI()));
                return Problem.json(problem);
            }
            return json.writeValueAsBytes(body);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            end(null, new AsyncRequestTimeoutException(), true);
        }

        @Override
        public void onError(AsyncEvent event) {
            ends();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            ends();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // No handler does in a dispatch of ours.
        }
    }
}
