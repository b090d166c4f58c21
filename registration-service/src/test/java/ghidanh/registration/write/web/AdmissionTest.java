package ghidanh.registration.write.web;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import ghidanh.web.LaterAnswers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.servlet.DispatcherType;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.webmvc.autoconfigure.WebMvcProperties;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockServletContext;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import tools.jackson.databind.json.JsonMapper;

/** Permits of requests that fail in ways that no controller of ours should. */
class AdmissionTest {

    /** Not static: the services that other tests start scan for those. */
    @RestController
    final class Failing {

        @PostMapping("/now")
        String failNow() throws Throwable {
            throw failure;
        }

        @PostMapping("/later")
        CompletableFuture<String> answerLater() {
            return answer;
        }
    }

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Throwable failure = new IllegalStateException("no");
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final MockMvc http;

    AdmissionTest() {
        var context = new GenericWebApplicationContext(new MockServletContext());
        new AnnotatedBeanDefinitionReader(context).register(LaterAnswers.class, Mvc.class);
        context.registerBean(WebMvcProperties.class);
        context.registerBean(JsonMapper.class, () -> new JsonMapper());
        context.registerBean(Failing.class, () -> new Failing());
        context.registerBean(Admission.class, () -> new Admission(new AdmissionSettings(1), meters));
        context.refresh();
        http = MockMvcBuilders.webAppContextSetup(context).build();
    }

    /** Not found by the services that other tests start, either. */
    @EnableWebMvc
    static class Mvc {}

    @AfterEach
    void every_permit_is_free_again() {
        assertThat(inWork()).isZero();
    }

    @Test
    void an_exception_leaves_no_permit_behind() {
        assertThatThrownBy(() -> http.perform(post("/now"))).hasRootCauseMessage("no");
    }

    @Test
    void an_error_leaves_no_permit_behind() {
        failure = new OutOfMemoryError("test");

        assertThatThrownBy(() -> http.perform(post("/now"))).hasRootCauseMessage("test");
    }

    @Test
    void an_answer_that_fails_later_leaves_no_permit_behind() throws Exception {
        var request = http.perform(post("/later")).andReturn();
        assertThat(inWork()).isEqualTo(1);
        http.perform(post("/later")).andExpectAll(status().isServiceUnavailable(), header().string("Retry-After", "1"));
        assertThat(inWork()).isEqualTo(1);

        answer.completeExceptionally(failure);
        assertThat(inWork()).isZero();
        assertThatThrownBy(() -> http.perform(dispatched(request.getRequest()))).hasRootCauseMessage("no");
    }

    @Test
    void a_request_that_the_server_gives_up_leaves_no_permit_behind() throws Exception {
        var request = http.perform(post("/later")).andReturn();
        assertThat(inWork()).isEqualTo(1);

        requireNonNull(request.getRequest().getAsyncContext()).complete();
    }

    private static MockHttpServletRequestBuilder dispatched(MockHttpServletRequest request) {
        return post("/later").with(again -> {
            again.setDispatcherType(DispatcherType.ASYNC);
            request.getAttributeNames()
                    .asIterator()
                    .forEachRemaining(name -> again.setAttribute(name, requireNonNull(request.getAttribute(name))));
            return again;
        });
    }

    private double inWork() {
        return meters.get("registration.in.work").gauge().value();
    }
}
