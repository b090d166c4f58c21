package ghidanh.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;

/** An answer whose body is here. */
final class WholeAnswer {

    private static final Logger log = LoggerFactory.getLogger(WholeAnswer.class);

    private final int status;
    private final HttpHeaders headers;
    private final byte[] body;

    WholeAnswer(int status, HttpHeaders headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** Holds the thread until its client takes it. */
    void write(HttpServletResponse response) throws IOException {
        response.setStatus(status);
        headers.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        if (status != HttpServletResponse.SC_NO_CONTENT) {
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }

    /** Holds no thread: it goes out as fast as its client takes it. */
    void send(AsyncContext async) throws IOException {
        ServletOutputStream stream = async.getResponse().getOutputStream();
        stream.setWriteListener(new Sending(async, stream));
    }

    /** Called by the server when the request's own thread has left it, and by one thread at a time. */
    private final class Sending implements WriteListener {

        private enum Next {
            WRITE,
            FLUSH,
            COMPLETE
        }

        private final AsyncContext async;
        private final ServletOutputStream stream;
        private Next next = Next.WRITE;

        Sending(AsyncContext async, ServletOutputStream stream) {
            this.async = async;
            this.stream = stream;
        }

        @Override
        public void onWritePossible() throws IOException {
            while (stream.isReady()) {
                switch (next) {
                    case WRITE -> {
                        next = Next.FLUSH;
                        write((HttpServletResponse) async.getResponse());
                    }
                    case FLUSH -> {
                        next = Next.COMPLETE;
                        stream.flush();
                    }
                    case COMPLETE -> {
                        async.complete();
                        return;
                    }
                }
            }
        }

        @Override
        public void onError(Throwable failure) {
            log.debug("a client did not take its answer", failure);
            async.complete();
        }
    }
}
