package ghidanh.registration.write.web;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class AdmissionTest {

    private static final FilterChain ANSWERS_AT_ONCE = (request, response) -> {};
    private static final FilterChain ANSWERS_LATER = (request, response) -> request.startAsync(request, response);

    private final Admission admission = new Admission(new AdmissionSettings(1));

    @Test
    void refuses_beyond_the_limit_until_one_is_answered() throws Exception {
        var first = posting();
        assertThat(admit(first, ANSWERS_LATER).getStatus()).isEqualTo(200);

        var refused = admit(posting(), ANSWERS_LATER);
        assertThat(refused.getStatus()).isEqualTo(503);
        assertThat(refused.getHeader("Retry-After")).isEqualTo("1");
        assertThat(refused.getContentType()).isEqualTo("application/problem+json");
        assertThat(refused.getContentAsString())
                .contains("\"code\":\"TOO_BUSY\"", "Nothing was changed: 1 registrations are in work already.");

        requireNonNull(first.getAsyncContext()).complete();
        assertThat(admit(posting(), ANSWERS_AT_ONCE).getStatus()).isEqualTo(200);
        assertThat(admit(posting(), ANSWERS_LATER).getStatus()).isEqualTo(200);
    }

    @Test
    void a_request_that_fails_leaves_its_place() throws Exception {
        assertThatExceptionOfType(ServletException.class)
                .isThrownBy(() -> admit(posting(), (request, response) -> {
                    throw new ServletException("no");
                }));

        assertThat(admit(posting(), ANSWERS_LATER).getStatus()).isEqualTo(200);
    }

    @Test
    void only_registrations_are_counted_and_refused() throws Exception {
        admit(posting(), ANSWERS_LATER);

        assertThat(admit(request("GET", "/api/registrations"), ANSWERS_LATER).getStatus())
                .isEqualTo(200);
        assertThat(admit(request("POST", "/api/registrations:batch"), ANSWERS_LATER)
                        .getStatus())
                .isEqualTo(503);
    }

    private MockHttpServletResponse admit(MockHttpServletRequest request, FilterChain chain)
            throws ServletException, IOException {
        var response = new MockHttpServletResponse();
        admission.doFilter(request, response, chain);
        return response;
    }

    private static MockHttpServletRequest posting() {
        return request("POST", "/api/registrations");
    }

    private static MockHttpServletRequest request(String method, String path) {
        var request = new MockHttpServletRequest(method, path);
        request.setAsyncSupported(true);
        return request;
    }
}
