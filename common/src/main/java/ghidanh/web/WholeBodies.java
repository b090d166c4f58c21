package ghidanh.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.coyote.CloseNowException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/**
 * Lets a request go on only when its whole body is there, so that a body that is slow, or never ends, holds no thread, no permit
 * and no session. A body that came with its headers is taken at once; another is read as it comes, by the server's poller, for
 * a limited time. First of the filters. Thread-safe.
 */
final class WholeBodies implements Filter {

    private static final Logger log = LoggerFactory.getLogger(WholeBodies.class);
    private static final String BODY = WholeBodies.class.getName();
    private static final int PIECE = 8192;

    private final BodySettings settings;
    /** The bodies that are not whole, oldest first, and the bytes of them that are here; guarded by this set. */
    private final Set<Incoming> incoming = new LinkedHashSet<>();

    private long bytes;

    WholeBodies(BodySettings settings) {
        this.settings = settings;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var http = (HttpServletRequest) request;
        var answer = (HttpServletResponse) response;
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            Object body = request.getAttribute(BODY);
            request.removeAttribute(BODY);
            if (body instanceof byte[] whole) {
                goOn(http, answer, chain, whole);
            } else if (body instanceof Problem problem) {
                refuse(answer, problem);
            } else {
                chain.doFilter(request, response);
            }
            return;
        }
        long length = request.getContentLengthLong();
        if (request.getDispatcherType() != DispatcherType.REQUEST
                || length == 0
                || (length < 0 && http.getHeader(HttpHeaders.TRANSFER_ENCODING) == null)) {
            chain.doFilter(request, response);
        } else if (length > settings.limit().toBytes()) {
            refuse(answer, tooLarge());
        } else {
            byte[] begin = length > 0 ? present(request.getInputStream(), (int) length) : new byte[0];
            if (begin.length == length) {
                goOn(http, answer, chain, begin);
            } else {
                await(request, begin);
            }
        }
    }

    /** What came with the headers, or after them by now. */
    private static byte[] present(ServletInputStream stream, int length) throws IOException {
        byte[] body = new byte[Math.min(length, PIECE)];
        int size = 0;
        while (size < body.length && stream.available() > 0) {
            int count = stream.read(body, size, body.length - size);
            if (count < 0) {
                break;
            }
            size += count;
        }
        return size == body.length ? body : Arrays.copyOf(body, size);
    }

    private void await(ServletRequest request, byte[] begin) throws IOException {
        AsyncContext async = request.startAsync();
        async.setTimeout(settings.deadline().toMillis());
        var body = new Incoming(async, request.getInputStream(), begin);
        async.addListener(body);
        synchronized (incoming) {
            incoming.add(body);
        }
        request.getInputStream().setReadListener(body);
    }

    private static void goOn(HttpServletRequest request, HttpServletResponse response, FilterChain chain, byte[] body)
            throws IOException, ServletException {
        var whole = new RequestWithBody(request, body);
        try {
            chain.doFilter(whole, response);
        } finally {
            whole.leave();
        }
    }

    /** Answers, and closes the connection: to read what else the client sends, out of politeness, would hold the thread. */
    private static void refuse(HttpServletResponse response, Problem problem) throws IOException {
        response.setHeader(HttpHeaders.CONNECTION, "close");
        new WrittenProblem(problem).answer(response);
        response.flushBuffer();
        throw new CloseNowException("the rest of the body is not read");
    }

    private Problem tooLarge() {
        return Problem.of(
                ProblemCode.BODY_TOO_LARGE,
                "A body may have " + settings.limit().toBytes() + " bytes.");
    }

    private Problem tooSlow() {
        return Problem.of(
                ProblemCode.BODY_TOO_SLOW,
                "The body was not whole after " + settings.deadline().toMillis() + " ms. Nothing was changed.");
    }

    private void ends(Incoming body) {
        synchronized (incoming) {
            if (incoming.remove(body)) {
                bytes -= body.counted;
            }
        }
    }

    /** Makes room by giving up the bodies that have taken longest. */
    private void grows(Incoming body, int by) {
        while (true) {
            Incoming oldest;
            synchronized (incoming) {
                if (!incoming.contains(body)) {
                    return; // It was given up itself.
                }
                oldest = incoming.iterator().next();
                if (bytes + by <= settings.memory().toBytes() || oldest == body) {
                    bytes += by;
                    body.counted += by;
                    return;
                }
            }
            oldest.end(tooSlow());
        }
    }

    /** One body on its way. Its methods are called by one thread at a time, but for {@link #end}. */
    private final class Incoming implements ReadListener, AsyncListener {

        private final AsyncContext async;
        private final ServletInputStream stream;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private int counted;
        private boolean over;

        Incoming(AsyncContext async, ServletInputStream stream, byte[] begin) {
            this.async = async;
            this.stream = stream;
            body.writeBytes(begin);
        }

        @Override
        public void onDataAvailable() throws IOException {
            byte[] piece = new byte[PIECE];
            while (stream.isReady()) {
                int count = stream.read(piece);
                if (count < 0) {
                    return;
                }
                if (body.size() + count > settings.limit().toBytes()) {
                    end(tooLarge());
                    return;
                }
                grows(this, count);
                body.write(piece, 0, count);
            }
        }

        @Override
        public void onAllDataRead() {
            end(body.toByteArray());
        }

        @Override
        public void onError(Throwable failure) {
            log.debug("a client broke off its body", failure);
            end(Problem.of(ProblemCode.MALFORMED_BODY, "The body broke off."));
        }

        /** The request goes on with this: its body, or why not. The first one counts. */
        private synchronized void end(Object result) {
            if (!over) {
                over = true;
                ends(this);
                async.getRequest().setAttribute(BODY, result);
                async.dispatch();
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            end(tooSlow());
        }

        @Override
        public void onError(AsyncEvent event) {
            onError(event.getThrowable());
        }

        @Override
        public synchronized void onComplete(AsyncEvent event) {
            over = true;
            ends(this);
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // The request went on, and its handler answers later.
        }
    }
}
