package ghidanh.access;

import ghidanh.access.AccessSettings.Mode;
import ghidanh.web.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** The sign-in page, in both languages at once and without scripts: nobody has chosen one yet. */
@Hidden
@RestController
class LoginPage {

    static final String PATH = "/login";

    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);
    private static final String PATIENCE =
            "<p class=\"problem\" role=\"alert\">Quá nhiều mật khẩu sai. Hãy đợi nửa phút rồi thử"
                    + " lại. <span lang=\"en\">Too many wrong passwords. Try again in half a minute.</span></p>";

    private final AccessSettings settings;
    private final Map<String, String> signOns;
    private final String page;

    LoginPage(AccessSettings settings, ObjectProvider<ClientRegistrationRepository> signOns) throws IOException {
        this.settings = settings;
        this.signOns = signOns.getIfAvailable() instanceof InMemoryClientRegistrationRepository known
                ? names(known)
                : Map.of();
        this.page = new ClassPathResource("access/login.html").getContentAsString(StandardCharsets.UTF_8);
    }

    private static Map<String, String> names(Iterable<ClientRegistration> registrations) {
        Map<String, String> names = new TreeMap<>();
        registrations.forEach(one -> names.put(one.getRegistrationId(), one.getClientName()));
        return names;
    }

    @GetMapping(PATH)
    ResponseEntity<String> show(HttpServletRequest request) {
        return ResponseEntity.ok().contentType(HTML).body(filled(note(request), request));
    }

    /** The answer to a form whose password is not looked at. */
    void askForPatience(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Problem later = TooManyGuessesException.PROBLEM;
        response.setStatus(later.status());
        response.setHeader(HttpHeaders.RETRY_AFTER, later.headers().getFirst(HttpHeaders.RETRY_AFTER));
        response.setContentType(HTML.toString());
        response.getWriter().write(filled(PATIENCE, request));
    }

    private String filled(String note, HttpServletRequest request) {
        var token = (CsrfToken) request.getAttribute(CsrfToken.class.getName());
        return page.replace("{note}", note)
                .replace("{sign-ons}", links())
                .replace("{form-hidden}", settings.accounts().isEmpty() ? "hidden" : "")
                .replace("{csrf}", token == null ? "" : HtmlUtils.htmlEscape(token.getToken()))
                .replace("{accounts}", settings.mode() == Mode.DEMO ? accounts() : "");
    }

    private static String note(HttpServletRequest request) {
        if (request.getParameter("error") != null) {
            return "<p class=\"problem\" role=\"alert\">Tên hoặc mật khẩu không đúng."
                    + " <span lang=\"en\">The name or the password is wrong.</span></p>";
        }
        return request.getParameter("out") == null
                ? ""
                : "<p role=\"status\">Đã đăng xuất. <span lang=\"en\">Signed out.</span></p>";
    }

    private String links() {
        return signOns.entrySet().stream()
                .map(one -> "<p><a class=\"sign-on\" href=\"/oauth2/authorization/" + HtmlUtils.htmlEscape(one.getKey())
                        + "\">Đăng nhập bằng <span lang=\"en\">· Sign in with</span> "
                        + HtmlUtils.htmlEscape(one.getValue()) + "</a></p>")
                .collect(Collectors.joining());
    }

    private String accounts() {
        return new TreeMap<>(settings.accounts())
                .entrySet().stream()
                        .map(one -> "<tr><td><code>" + HtmlUtils.htmlEscape(one.getKey()) + "</code></td><td><code>"
                                + HtmlUtils.htmlEscape(one.getValue().password()) + "</code></td><td>"
                                + one.getValue().role() + "</td></tr>")
                        .collect(Collectors.joining(
                                "",
                                "<section class=\"card\"><h2>Tài khoản dùng thử <span lang=\"en\">· Demo accounts</span></h2>"
                                        + "<table id=\"accounts\"><tbody>",
                                "</tbody></table></section>"));
    }
}
