package ghidanh.demo;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Playwright.CreateOptions;
import com.microsoft.playwright.Route;
import ghidanh.access.UserRole;
import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.StackSettings.PortChoice;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** People in front of the system's own Chromium: in Vietnamese on a phone, in English on a desk. */
class BrowserIT {

    private static final String MISSING = "no chromium is installed here: apt-get install chromium";
    /** Milliseconds; a busy machine starts a browser and two services. */
    private static final double PATIENCE = 30_000;

    private static final Pattern FAREWELL = Pattern.compile(".*/login\\?out");

    private enum Window {
        PHONE(390, 844, "vi-VN", "Đăng ký", "Đăng xuất", "đã đồng bộ"),
        DESK(1280, 800, "en-GB", "Register", "Sign out", "is synced");

        private final int width;
        private final int height;
        private final String locale;
        private final String register;
        private final String signOut;
        private final String synced;

        Window(int width, int height, String locale, String register, String signOut, String synced) {
            this.width = width;
            this.height = height;
            this.locale = locale;
            this.register = register;
            this.signOut = signOut;
            this.synced = synced;
        }
    }

    private static final String AXE = axe();

    private static Demo demo;
    private static Playwright playwright;
    private static Browser browser;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        Optional<Path> chromium = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(chromium.isPresent(), MISSING);
        demo = Demo.start(
                new DemoSettings(
                        directory.resolve("demo"),
                        false,
                        PortChoice.RANDOM,
                        // The page is waited for, not the pace of an idle service.
                        List.of("--ghidanh.sync.observe.interval=500ms")),
                System.out::println);
        playwright = Playwright.create(new CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(chromium.get())
                        // As root, and in containers, there is no sandbox to be had.
                        .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
    }

    @AfterAll
    static void stop() {
        if (playwright != null) {
            playwright.close();
        }
        if (demo != null) {
            demo.close();
        }
    }

    private static String axe() {
        try (InputStream script = BrowserIT.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Page open(Window window) {
        BrowserContext context = browser.newContext(new NewContextOptions()
                .setViewportSize(window.width, window.height)
                .setLocale(window.locale));
        context.setDefaultTimeout(PATIENCE);
        return context.newPage();
    }

    /** With the password that the sign-in page shows. */
    private static Page signIn(Window window, String url, UserRole role) {
        Page page = open(window);
        page.navigate(url);
        assertThat(page).hasURL(Pattern.compile(".*/login"));
        String name = role.name().toLowerCase(Locale.ROOT);
        String password = page.locator("#accounts tr", new Page.LocatorOptions().setHasText(name))
                .locator("code")
                .nth(1)
                .textContent();
        assertThat(password).isEqualTo(demo.accounts().password(role));
        page.fill("#username", name);
        page.fill("#password", password);
        page.click("button[type=submit]");
        assertThat(page).hasURL(url);
        assertThat(page.locator("#me")).hasText(name);
        assertUsable(page);
        return page;
    }

    /** Within the window, and by what axe knows of WCAG 2.2 AA and good practice. */
    private static void assertUsable(Page page) {
        assertFits(page);
        page.evaluate(AXE);
        Object violations = page.evaluate("""
                () => axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(
                  ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`))
                """);
        assertThat((List<?>) violations).as("against axe's rules").isEmpty();
    }

    private static void assertFits(Page page) {
        Object beyond = page.evaluate("""
                () => {
                  const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth
                  const isCause = (element) => {
                    const display = element.style.display
                    element.style.display = 'none'
                    const fitsWithoutIt = fits()
                    element.style.display = display
                    return fitsWithoutIt
                  }
                  return fits() ? [] : [...document.querySelectorAll('body *')].filter(isCause)
                    .map((element) => element.outerHTML.slice(0, 100))
                }
                """);
        assertThat((List<?>) beyond).as("beyond the window's edge").isEmpty();
    }

    /** For the READMEs; only with {@code -Dghidanh.write-docs=true}. */
    private static void picture(Page page, String name) {
        if (Boolean.getBoolean("ghidanh.write-docs")) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("../docs/images", name + ".png")));
        }
    }

    private static void signOut(Page page, Window window) {
        assertThat(page.locator("#sign-out")).hasText(window.signOut);
        page.click("#sign-out");
        assertThat(page).hasURL(FAREWELL);
        page.navigate(page.url().replace("/login?out", "/"));
        assertThat(page).hasURL(Pattern.compile(".*/login"));
        page.context().close();
    }

    /** As a script of the page itself would, token and all. */
    private static int status(Page page, String method, String path) {
        return ((Number) page.evaluate("""
                        ([method, path]) => fetch(path, {
                          method,
                          headers: { 'X-XSRF-TOKEN': document.cookie.match(/XSRF-TOKEN=([^;]*)/)[1] },
                        }).then(({ status }) => status)
                        """, List.of(method, path))).intValue();
    }

    @ParameterizedTest
    @EnumSource
    void a_student_registers_and_reaches_nobody_else(Window window) throws Exception {
        Page page = signIn(window, demo.pageUrl(), UserRole.STUDENT);

        assertThat(page.locator("#search")).isHidden();
        assertThat(page.locator("#chosen-name")).not().isEmpty();
        Locator open = page.locator("#section-rows button", new Page.LocatorOptions().setHasText(window.register));
        // The student keeps the first one, and the next one clashes with it.
        (window == Window.PHONE ? open.first() : open.last()).click();
        assertThat(page.locator("#bar")).hasClass(Pattern.compile(".*synced.*"));
        assertUsable(page);

        String others = registrationOfAnother();
        assertThat(status(page, "DELETE", "/api/registrations/" + others)).isEqualTo(404);
        assertThat(status(page, "GET", "/api/registrations/" + others)).isEqualTo(404);
        assertThat(status(page, "GET", "/api/students?q=nguyen")).isEqualTo(403);
        page.navigate(demo.pageUrl() + "#list");
        assertThat(page.locator("#registration-rows tr").first()).isVisible();
        assertThat(page.locator("#registration-rows").textContent()).doesNotContain(others);
        signOut(page, window);
    }

    @ParameterizedTest
    @EnumSource
    void a_student_waits_for_a_full_section_and_gets_the_seat_that_is_given_up(Window window) throws Exception {
        String course = "Lặn biển " + (window.ordinal() + 1);
        long other = fullSection(course, 900 + window.ordinal());
        Page page = signIn(window, demo.pageUrl(), UserRole.STUDENT);
        page.fill("#filter", course);
        Locator section = page.locator("#section-rows tr");
        assertThat(section).hasCount(1);
        assertThat(section).containsText(Pattern.compile("(tiết|period) 1[01](?!–)"));

        section.locator("button").click();
        assertThat(page.locator("#bar")).hasClass(Pattern.compile(".*synced.*"));
        assertThat(page.locator("#bar-text")).containsText(" 1 ");
        assertUsable(page);
        if (window == Window.PHONE) {
            picture(page, "register");
        }
        section.locator("button").click();
        assertThat(section.locator(".phase")).hasClass(Pattern.compile(".*synced.*"));
        section.locator("button").click();
        assertThat(page.locator("#bar-text")).containsText(" 1 ");

        page.navigate(demo.pageUrl() + "#list");
        Locator registration = page.locator("#registration-rows tr", new Page.LocatorOptions().setHasText(course));
        assertThat(registration.locator(".tag")).hasClass("tag waiting");
        assertThat(registration.locator("button").first()).isVisible();
        assertUsable(page);
        if (window == Window.DESK) {
            picture(page, "list");
        }
        registration.locator("button").last().click();
        // Waited, left, waits.
        assertThat(page.locator("#history-items li")).hasCount(3);
        assertThat(page.locator("#history-items li").nth(1).locator(".tag")).hasClass("tag withdrawn");
        assertUsable(page);
        page.click("#history-close");
        onShard("select withdraw_registrations('{" + other + "}')");
        page.click("#refresh");
        assertThat(registration.locator(".tag")).hasClass("tag registered");
        signOut(page, window);
    }

    @ParameterizedTest
    @EnumSource
    void a_student_sees_what_stands_in_the_way_and_swaps(Window window) throws Exception {
        String course = "Nhảy dù " + (window.ordinal() + 1);
        String other = "Leo núi " + (window.ordinal() + 1);
        section(course, 910 + window.ordinal(), 13 + window.ordinal());
        section(other, 920 + window.ordinal(), 13 + window.ordinal());
        Page page = signIn(window, demo.pageUrl(), UserRole.STUDENT);
        Locator section = page.locator("#section-rows tr");
        assertThat(section.first()).isVisible();
        String before = page.locator("#credits").textContent();
        page.fill("#filter", other);
        assertThat(section).hasCount(1);
        assertThat(section.locator(".refusal")).hasCount(0);

        page.fill("#filter", course);
        section.locator("button").click();
        assertThat(page.locator("#week")).containsText(course);
        assertThat(page.locator("#credits")).not().hasText(before);
        page.fill("#filter", other);
        assertThat(section.locator(".refusal")).containsText(course);
        assertUsable(page);

        section.locator("button").click();
        assertThat(page.locator("#confirm-text")).containsText(other);
        page.click("#confirm-yes");
        assertThat(section.locator(".phase")).hasClass(Pattern.compile(".*synced.*"));
        assertThat(page.locator("#week")).containsText(other);
        assertThat(page.locator("#week")).not().containsText(course);
        page.locator("#week .lesson", new Page.LocatorOptions().setHasText(other))
                .locator("button")
                .click();
        page.click("#confirm-yes");
        assertThat(page.locator("#week")).not().containsText(other);
        assertThat(page.locator("#chosen-name")).isFocused();
        assertThat(page.locator("#credits")).hasText(before);
        signOut(page, window);
    }

    /** A section of this term at a time that clashes with nothing: the number of its only registration, another student's. */
    private static long fullSection(String course, int number) throws SQLException {
        section(course, number, number - 890);
        return onShard("""
                insert into registrations (stno, sec_no) select 18, sec_no from sections where c_no = %d returning reg_id
                """.formatted(number));
    }

    /** A section of one seat in this term, on a Sunday. */
    private static void section(String course, int number, int period) throws SQLException {
        onShard("insert into courses (c_no, c_name, credits) values (" + number + ", '" + course + "', 1)");
        onShard("""
                insert into sections (year, semester, time, hall, c_no, capacity)
                select year, semester, 'CN %1$d-%1$d', 'Hồ bơi', %2$d, 1 from sections order by year desc, semester desc limit 1
                """.formatted(period, number));
    }

    /** The first number of the first row; 0 where there is none. */
    private static long onShard(String sql) throws SQLException {
        try (var connection = demo.stack().shard("5433").connect(EmbeddedStack.DATABASE);
                var statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return 0;
            }
            try (var row = statement.getResultSet()) {
                return row.next() && row.getObject(1) instanceof Number value ? value.longValue() : 0;
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void registrations_of_impossible_times_hide_no_other(Window window) throws Exception {
        try (var connection = demo.stack().shard("5433").connect(EmbeddedStack.DATABASE);
                var statement = connection.createStatement()) {
            // As rows from before the constraint.
            statement.execute("set session_replication_role = replica");
            statement.execute("alter table registrations drop constraint if exists registrations_time");
            statement.execute("""
                    insert into registrations (reg_id, stno, sec_no, created_at)
                    select 9000000000000000000 + o.n, 17, s.sec_no, o.at
                      from unnest(array['infinity', '10000-01-01', 'now', '0044-03-15 BC', '-infinity']::timestamptz[])
                               with ordinality o (at, n)
                      join (select f.sec_no, row_number() over (order by f.sec_no) as n
                              from sections f
                             where not exists (select from registrations r where r.stno = 17 and r.sec_no = f.sec_no)) s using (n)
                    on conflict do nothing
                    """);
        }
        Page page = signIn(window, demo.pageUrl(), UserRole.STUDENT);
        List<String> errors = new ArrayList<>();
        page.onPageError(errors::add);

        page.navigate(demo.pageUrl() + "#list");
        for (int number = 1; number <= 5; number++) {
            assertThat(page.locator("#registration-5433-900000000000000000" + number))
                    .isVisible();
        }
        assertThat(page.locator("#registration-rows")).containsText("+10000-01-01");
        assertUsable(page);
        assertThat(errors).isEmpty();
        signOut(page, window);
    }

    @ParameterizedTest
    @EnumSource
    void a_registrar_finds_students(Window window) {
        Page page = signIn(window, demo.pageUrl(), UserRole.REGISTRAR);

        page.fill("#search-input", "nguyen");
        page.locator("#students button").first().click();
        assertThat(page.locator("#section-rows tr").first()).isVisible();
        assertUsable(page);
        signOut(page, window);
    }

    @ParameterizedTest
    @EnumSource
    void an_operator_sees_the_shards_and_no_names(Window window) {
        Page page = signIn(window, demo.syncUrl(), UserRole.OPERATOR);
        List<String> errors = new ArrayList<>();
        page.onPageError(errors::add);
        page.reload();

        assertThat(page.locator("#shard-rows tr")).hasCount(2);
        assertThat(page.locator("#sentences li")).hasCount(2);
        assertThat(page.locator("#says-5433")).containsText(window.synced);
        if (window == Window.DESK) {
            picture(page, "operators");
        }
        page.navigate(demo.syncUrl() + "#shard/5434");
        assertThat(page.locator("#chart-heading")).containsText("5434");
        assertThat(page.locator("#chart-plot canvas")).isVisible();
        page.navigate(demo.syncUrl() + "#letters/5434");
        assertThat(page.locator("#letters-shard")).hasValue("5434");
        page.navigate(demo.syncUrl() + "#repair/5434");
        assertThat(page.locator("#operation")).hasValue("repair");
        assertThat(page.locator("#shard")).hasValue("5434");
        assertThat(errors).isEmpty();
        assertThat(status(page, "GET", "/api/lost-registrations")).isEqualTo(403);
        assertUsable(page);
        signOut(page, window);
    }

    @ParameterizedTest
    @EnumSource
    void an_operator_sees_why_an_event_was_given_up_on_and_what_a_redrive_would_do(Window window) throws Exception {
        String key = "registration:99999" + window.ordinal();
        try (var producer = new KafkaProducer<byte[], byte[]>(
                Map.of("bootstrap.servers", demo.stack().kafka().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            String event =
                    "{\"v\":1,\"shard\":\"5433\",\"entity\":\"registration\",\"id\":99999" + window.ordinal() + "}";
            producer.send(new ProducerRecord<>(
                            "enrollment-5433",
                            key.getBytes(StandardCharsets.UTF_8),
                            event.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
        Page page = signIn(window, demo.syncUrl(), UserRole.OPERATOR);
        assertThat(page.locator("#says-5433")).hasAttribute("data-kind", "DEAD_LETTERS");
        page.locator("#says-5433 a").click();

        Locator letter = page.locator("#letter-rows tr", new Page.LocatorOptions().setHasText(key));
        letter.locator("button").click();
        letter.locator(".sides dd").nth(1).waitFor();
        page.selectOption("#letters-reason", "missing");
        letter.locator("input").check();
        page.click("#letters-put");
        assertThat(page.locator("#order-note")).containsText("1");
        assertThat(page.locator("#carry-out")).isDisabled();
        page.fill("#reason", "drill");
        assertThat(page.locator("#carry-out")).isEnabled();
        assertUsable(page);
        signOut(page, window);
    }

    /** The page asks every few seconds. Here its question is answered, with 401, between the farewell's request and answer. */
    @Test
    void an_answer_that_comes_after_signing_out_leads_nowhere_else() {
        Page page = signIn(Window.DESK, demo.syncUrl(), UserRole.OPERATOR);
        List<Route> questions = new ArrayList<>();
        List<Route> farewells = new ArrayList<>();
        page.route("**/api/shards", questions::add);
        page.route(FAREWELL, farewells::add);
        page.waitForCondition(() -> !questions.isEmpty());

        page.click("#sign-out");
        page.waitForCondition(() -> !farewells.isEmpty());
        page.unroute(FAREWELL);
        page.waitForResponse(
                answer -> answer.status() == 401 && answer.url().endsWith("/api/shards"),
                () -> questions.forEach(Route::resume));
        farewells.forEach(Route::resume);

        assertThat(page).hasURL(FAREWELL);
        page.context().close();
    }

    @ParameterizedTest
    @EnumSource
    void who_may_only_measure_is_told_so(Window window) {
        Page page = signIn(window, demo.syncUrl(), UserRole.METRICS);

        assertThat(page.locator("#shards-note.problem")).not().isEmpty();
        signOut(page, window);
    }

    private static String registrationOfAnother() throws Exception {
        var request = HttpRequest.newBuilder(URI.create(demo.pageUrl() + "api/registrations?limit=100"))
                .header("Authorization", SignedIn.as(UserRole.REGISTRAR, demo))
                .build();
        JsonNode list = JsonMapper.shared()
                .readTree(HttpClient.newHttpClient()
                        .send(request, BodyHandlers.ofString())
                        .body());
        for (JsonNode item : list.path("items")) {
            if (!item.path("shard").asString().equals("5433")
                    || item.path("stno").asInt() != 17) {
                return item.path("id").asString();
            }
        }
        throw new AssertionError("there are registrations of others: " + list);
    }
}
