package ghidanh.web;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;

/** Answers with a problem, too, what Tomcat refuses before it reaches Spring, such as an address that cannot be decoded. */
class ServerErrors implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    @Override
    public void customize(TomcatServletWebServerFactory server) {
        server.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(Report.class.getName());
            }
        });
    }

    /** Made by Tomcat, by name. */
    public static final class Report extends ErrorReportValve {

        private static final Logger log = LoggerFactory.getLogger(Report.class);

        @Override
        protected void report(Request request, Response response, @Nullable Throwable thrown) {
            if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            // Or a thread would wait for the body that nobody reads, and then close the connection without this answer.
            response.setHeader(HttpHeaders.CONNECTION, "close");
            request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            ProblemCode code = ProblemCode.of(response.getStatus());
            ProblemDetail body = Problem.of(code, code.title() + ".").body();
            body.setStatus(response.getStatus());
            try {
                response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
                response.getOutputStream().write(Problem.json(body));
                response.finishResponse();
            } catch (IOException e) {
                log.debug("the client is gone", e);
            }
        }
    }
}
