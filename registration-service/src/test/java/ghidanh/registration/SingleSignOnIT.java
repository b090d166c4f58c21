package ghidanh.registration;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.embedded.Ports;
import ghidanh.provider.SignOnProvider;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** With an OpenID provider: people are led to it, programs bring its tokens; no account is ours. */
class SingleSignOnIT {

    private static final Pattern HIDDEN = Pattern.compile("name=\"_csrf\"[^>]* value=\"([^\"]+)\"");

    private static ConfigurableApplicationContext provider;
    private static ServiceUnderTest service;
    private static String issuer;
    private static int stno;

    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser = HttpClient.newBuilder()
            .cookieHandler(cookies)
            .followRedirects(Redirect.NORMAL)
            .build();

    @BeforeAll
    static void start() {
        stno = Databases.student("5433");
        int port = Ports.free();
        int providerPort = Ports.free();
        issuer = "http://127.0.0.1:" + providerPort;
        provider = SignOnProvider.start(providerPort, "http://127.0.0.1:" + port + "/login/oauth2/code/uni", stno);
        String client = "--spring.security.oauth2.client.";
        service = ServiceUnderTest.start(
                "--ghidanh.access.mode=closed",
                "--ghidanh.access.claims.role=ghidanh_role",
                "--server.port=" + port,
                client + "registration.uni.client-id=ghidanh",
                client + "registration.uni.client-secret=of the client",
                client + "registration.uni.client-name=The University",
                client + "registration.uni.scope=openid,profile",
                client + "provider.uni.issuer-uri=" + issuer,
                "--spring.security.oauth2.resourceserver.jwt.issuer-uri=" + issuer);
    }

    @AfterAll
    static void stop() {
        service.close();
        provider.close();
    }

    private HttpResponse<String> get(URI uri) throws Exception {
        return browser.send(
                HttpRequest.newBuilder(uri).header("Accept", "text/html,*/*").build(), BodyHandlers.ofString());
    }

    private String csrfToken() {
        return cookies.getCookieStore().get(uri("/")).stream()
                .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElseThrow();
    }

    private URI uri(String path) {
        return service.request(path).build().uri();
    }

    @Test
    void a_student_signs_in_at_the_university_and_is_who_it_says() throws Exception {
        assertThat(get(uri("/")).body()).contains("The University", "/oauth2/authorization/uni");
        HttpResponse<String> asked = get(uri("/oauth2/authorization/uni"));
        assertThat(asked.uri().toString()).startsWith(issuer + "/login");
        Matcher token = HIDDEN.matcher(asked.body());
        assertThat(token.find()).isTrue();
        HttpResponse<String> in = browser.send(
                HttpRequest.newBuilder(URI.create(issuer + "/login"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "text/html")
                        .POST(BodyPublishers.ofString("username=" + SignOnProvider.USER + "&password="
                                + encoded(SignOnProvider.PASSWORD) + "&_csrf=" + encoded(token.group(1))))
                        .build(),
                BodyHandlers.ofString());
        assertThat(in.uri()).isEqualTo(uri("/"));

        assertThat(get(uri("/api/me")).body())
                .contains("\"subject\":\"" + SignOnProvider.USER + "\"", "\"STUDENT\"", "\"stno\":" + stno);
        assertThat(get(uri("/api/students/5433/" + stno + "/sections")).statusCode())
                .isEqualTo(200);
        assertThat(get(uri("/api/students?q=" + stno)).statusCode()).isEqualTo(403);

        HttpResponse<String> out = browser.send(
                HttpRequest.newBuilder(uri("/logout"))
                        .header("X-XSRF-TOKEN", csrfToken())
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        assertThat(out.uri().toString()).as("our session alone ends").endsWith("/login?out");
        assertThat(get(uri("/api/me")).uri()).isEqualTo(uri("/login"));
    }

    @Test
    void a_program_brings_the_providers_token() throws Exception {
        HttpResponse<String> answer = browser.send(
                HttpRequest.newBuilder(URI.create(issuer + "/oauth2/token"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header(
                                "Authorization",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString(
                                                        "ghidanh:of+the+client".getBytes(StandardCharsets.US_ASCII)))
                        .POST(BodyPublishers.ofString("grant_type=client_credentials"))
                        .build(),
                BodyHandlers.ofString());
        String token =
                JsonMapper.shared().readTree(answer.body()).path("access_token").stringValue("");
        assertThat(token).as(answer.body()).isNotEmpty();

        assertThat(service.get("/api/students?q=" + stno, "Authorization", "Bearer " + token)
                        .status())
                .isEqualTo(200);
        assertThat(service.get("/api/students?q=" + stno, "Authorization", "Bearer " + token + "x")
                        .status())
                .isEqualTo(401);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
