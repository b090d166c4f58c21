package ghidanh.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ghidanh.registration.ServiceUnderTest.Answer;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** As a browser does it: a form, a session, and a CSRF token with each change. */
class SignInIT {

    private static final Pattern HIDDEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private static final int OTHERS = 31;

    private static ServiceUnderTest service;
    private static int stno;
    private static int section;

    private CookieManager cookies;
    private HttpClient browser;

    @BeforeAll
    static void start() {
        stno = Databases.student("5433");
        section = Databases.section("5433", 40);
        List<String> arguments = new ArrayList<>(List.of(
                "--ghidanh.access.mode=demo",
                "--server.forward-headers-strategy=native",
                "--ghidanh.access.hosts=register.example",
                "--ghidanh.access.accounts.an.password=p&ss=wörd",
                "--ghidanh.access.accounts.an.role=STUDENT",
                "--ghidanh.access.accounts.an.shard=5433",
                "--ghidanh.access.accounts.an.stno=" + stno));
        for (int i = 0; i < OTHERS; i++) {
            arguments.add("--ghidanh.access.accounts.other" + i + ".password=right");
            arguments.add("--ghidanh.access.accounts.other" + i + ".role=METRICS");
        }
        service = ServiceUnderTest.start(arguments.toArray(String[]::new));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @BeforeEach
    void open() {
        cookies = new CookieManager();
        browser = HttpClient.newBuilder().cookieHandler(cookies).build();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder form(String path, String content) {
        return service.request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(content));
    }

    private HttpResponse<String> signIn(String password) throws Exception {
        return signIn("an", password);
    }

    private HttpResponse<String> signIn(String name, String password) throws Exception {
        Matcher token = HIDDEN.matcher(send(service.request("/login")).body());
        assertThat(token.find()).isTrue();
        return send(form(
                "/login", "username=" + name + "&password=" + encoded(password) + "&_csrf=" + encoded(token.group(1))));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private String cookie(String name) {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse("");
    }

    private HttpRequest.Builder registering() {
        return service.request("/api/registrations", "Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"stno\":" + stno + ",\"secNo\":" + section + "}"));
    }

    @Test
    void a_stranger_is_led_to_the_form_which_shows_the_demos_accounts() throws Exception {
        HttpResponse<String> page = send(service.request("/", "Accept", "text/html,*/*"));
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location").orElse("")).endsWith("/login");
        assertThat(send(service.request("/login")).body()).contains("p&amp;ss=w", "Đăng nhập", "Sign in");
        assertThat(send(service.request("/api/me")).statusCode()).isEqualTo(401);
    }

    @Test
    void who_signs_in_changes_things_with_the_token_only_and_signs_out() throws Exception {
        HttpResponse<String> in = signIn("p&ss=wörd");
        assertThat(in.statusCode()).isEqualTo(302);
        assertThat(URI.create(in.headers().firstValue("Location").orElse("")).getPath())
                .isEqualTo("/");
        assertThat(send(service.request("/api/me")).body())
                .contains("\"subject\":\"an\"", "\"stno\":" + stno, "\"asked\":true");

        assertThat(send(registering()).statusCode()).as("without the token").isEqualTo(403);
        assertThat(send(registering().header("X-XSRF-TOKEN", "guessed")).statusCode())
                .isEqualTo(403);
        String token = cookie("XSRF-TOKEN");
        assertThat(send(registering().header("X-XSRF-TOKEN", token).header("Sec-Fetch-Site", "same-site"))
                        .statusCode())
                .as("from another site")
                .isEqualTo(403);
        HttpResponse<String> made = send(registering().header("X-XSRF-TOKEN", token));
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.body()).contains("\"shard\":\"5433\"");

        HttpResponse<String> out = send(form("/logout", "").header("X-XSRF-TOKEN", cookie("XSRF-TOKEN")));
        assertThat(out.statusCode()).isEqualTo(302);
        assertThat(send(service.request("/api/me")).statusCode()).isEqualTo(401);
    }

    @Test
    void a_wrong_password_is_told_and_makes_no_session() throws Exception {
        HttpResponse<String> answer = signIn("guess");
        assertThat(answer.headers().firstValue("Location").orElse("")).endsWith("/login?error");
        assertThat(send(service.request("/api/me")).statusCode()).isEqualTo(401);
        assertThat(send(form("/login", "username=an&password=" + encoded("p&ss=wörd")))
                        .statusCode())
                .as("a form of another site")
                .isEqualTo(403);
    }

    @Test
    void guessing_an_account_is_slowed_down_and_keeps_nobody_out_of_their_usual_place() throws Exception {
        assertThat(basic("other0", "right", "203.0.113.1")).isEqualTo(200);

        assertThat(guesses("other0", "203.0.113.2")).isBetween(10, 12);
        assertThat(basic("other0", "right", "203.0.113.2")).isEqualTo(429);
        assertThat(basic("other0", "right", "203.0.113.3")).isEqualTo(429);
        assertThat(basic("other0", "right", "203.0.113.1")).isEqualTo(200);
        assertThat(basic("other1", "right", "203.0.113.2")).isEqualTo(200);

        assertThat(guesses("other1", "203.0.113.2")).isBetween(10, 12);
        assertThat(basic("other1", "right", "203.0.113.2")).isEqualTo(429);
        assertThat(basic("other1", "right", "203.0.113.3")).isEqualTo(200);
    }

    @Test
    void many_guesses_at_once_are_no_more_than_one_after_the_other() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = Stream.generate(() -> browser.sendAsync(
                        asking("other2", "guess", "203.0.113.4").build(), BodyHandlers.ofString()))
                .limit(100)
                .toList();

        assertThat(answers)
                .extracting(answer -> answer.get().statusCode())
                .containsOnly(401, 429)
                .filteredOn(status -> status == 401)
                .hasSizeBetween(10, 12);
    }

    @Test
    void guessing_one_password_of_many_accounts_is_slowed_down() throws Exception {
        int wrong = 0;
        for (int i = 3; i < OTHERS - 1; i++) {
            wrong += guesses("other" + i, "2001:db8:0:7:0:0:0:" + i);
        }

        assertThat(wrong).isBetween(200, 260);
        assertThat(basic("an", "p&ss=wörd", "2001:db8:0:7:0:0:0:1")).isEqualTo(429);
        assertThat(basic("an", "p&ss=wörd", "2001:db8:0:8:0:0:0:1")).isEqualTo(200);
    }

    @Test
    void who_guesses_by_the_form_reads_that_it_takes_a_while() throws Exception {
        String name = "other" + (OTHERS - 1);
        HttpResponse<String> answer = signIn(name, "guess");
        for (int i = 0; i < 12 && answer.statusCode() == 302; i++) {
            answer = signIn(name, "guess");
        }

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("30");
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(answer.body()).contains("Quá nhiều", "Too many", "name=\"_csrf\"");
    }

    /** Wrong passwords until one is not looked at. */
    private int guesses(String account, String address) throws Exception {
        int wrong = 0;
        HttpResponse<String> answer = send(asking(account, "guess", address));
        for (; answer.statusCode() == 401; wrong++) {
            answer = send(asking(account, "guess", address));
        }
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("30");
        assertThat(answer.body()).contains("TOO_MANY_GUESSES");
        return wrong;
    }

    private int basic(String account, String password, String address) throws Exception {
        return send(asking(account, password, address)).statusCode();
    }

    /** As from behind a proxy. */
    private static HttpRequest.Builder asking(String account, String password, String address) {
        String credentials =
                Base64.getEncoder().encodeToString((account + ":" + password).getBytes(StandardCharsets.UTF_8));
        return service.request("/api/me", "Authorization", "Basic " + credentials, "X-Forwarded-For", address);
    }

    @Test
    void the_session_is_kept_from_scripts_and_from_other_sites() throws Exception {
        HttpResponse<String> in = signIn("p&ss=wörd");
        assertThat(in.headers().allValues("Set-Cookie"))
                .anySatisfy(cookie -> assertThat(cookie).contains("GHIDANH", "HttpOnly", "SameSite=Lax"));
        HttpResponse<String> page = send(service.request("/"));
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("frame-ancestors 'none'", "default-src 'self'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("same-origin");
    }

    @Test
    void only_known_names_are_answered() throws Exception {
        assertThat(host("register.example")).isEqualTo(200);
        assertThat(host("localhost")).isEqualTo(200);
        assertThat(host("evil.example")).isEqualTo(400);
    }

    private static int host(String name) throws Exception {
        try (var socket = new java.net.Socket("127.0.0.1", service.port())) {
            socket.getOutputStream()
                    .write(("GET /login HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return Integer.parseInt(line.substring(9));
        }
    }

    @Test
    void without_anybody_who_may_sign_in_nothing_starts() {
        assertThatThrownBy(() -> ServiceUnderTest.start("--ghidanh.access.mode=closed"))
                .hasStackTraceContaining("ghidanh.access.accounts");
    }

    @Test
    void an_open_door_is_on_this_machine_only() {
        assertThatThrownBy(() -> ServiceUnderTest.start("--ghidanh.access.mode=open", "--server.address=0.0.0.0"))
                .hasStackTraceContaining("loopback");
        assertThatThrownBy(() ->
                        ServiceUnderTest.start("--ghidanh.access.mode=demo", "--management.server.address=0.0.0.0"))
                .hasStackTraceContaining("management.server.address");
        Answer answer = ServiceUnderTest.shared().get("/api/me");
        assertThat(answer.body().path("asked").booleanValue(true)).isFalse();
        assertThat(ServiceUnderTest.shared()
                        .bean(org.springframework.core.env.Environment.class)
                        .getProperty("server.address"))
                .isEqualTo("127.0.0.1");
    }
}
