package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.sync.deadletter.Reason;
import ghidanh.sync.diagnosis.Alert;
import ghidanh.sync.diagnosis.Kind;
import ghidanh.sync.diagnosis.Rule;
import ghidanh.sync.drift.DriftKind;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.JobState;
import ghidanh.sync.remap.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/** The operators' page: both languages say everything, and the service answers whatever the page asks. */
class PageIT {

    private static final Pattern ENTRY = Pattern.compile("(?m)^  '?([\\w.]+)'?: '(.*)',$");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\w+}");
    private static final Pattern IN_HTML = Pattern.compile("data-(?:text|aria)=\"([^\"]+)\"");
    private static final Pattern IN_SCRIPT = Pattern.compile("text\\('([^']+)'");
    private static final Pattern CALL = Pattern.compile("call\\(['`]([^'`]+)['`](?:, \\{ method: '(\\w+)')?");

    @Test
    void both_languages_have_the_same_texts() throws IOException {
        assertThat(placeholders("vi.js")).isEqualTo(placeholders("en.js")).isNotEmpty();
    }

    @Test
    void every_text_that_is_shown_exists() throws IOException {
        Stream<String> named = Stream.of(
                        found(IN_HTML, "index.html"),
                        found(IN_SCRIPT, "app.js"),
                        found(IN_SCRIPT, "overview.js"),
                        found(IN_SCRIPT, "chart.js"),
                        found(IN_SCRIPT, "letters.js"),
                        Stream.of(Reason.values()).map(reason -> "reason." + reason.tag()),
                        Stream.of(Kind.values()).map(kind -> "diagnosis." + kind),
                        Stream.of(Kind.values())
                                .filter(kind -> kind != Kind.SYNCED)
                                .map(kind -> "cure." + kind),
                        Stream.of(Rule.values()).map(rule -> "alert." + rule),
                        Stream.of(Alert.State.values()).map(alertState -> "alert." + alertState),
                        Stream.of(Rule.Severity.values()).map(severity -> "alert." + severity),
                        Stream.of(JobKind.values()).map(kind -> "kind." + kind),
                        Stream.of(JobState.values()).map(jobState -> "state." + jobState),
                        Stream.of(Outcome.values()).map(PageIT::count),
                        Stream.of(DriftKind.values()).map(PageIT::count))
                .flatMap(names -> names);

        assertThat(placeholders("vi.js").keySet()).containsAll(named.toList());
    }

    @Test
    void the_service_answers_whatever_the_page_asks() throws Exception {
        var mapping = SyncStack.consumer().getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
        List<MatchResult> calls = CALL.matcher(read("api.js")).results().toList();

        assertThat(calls).hasSizeGreaterThan(7);
        for (MatchResult call : calls) {
            String path = "/" + call.group(1).replaceAll("\\?.*", "").replace("${job.url.slice(1)}", "api/replays/1");
            var request = new MockHttpServletRequest(call.group(2) == null ? "GET" : call.group(2), path);
            ServletRequestPathUtils.parseAndCache(request);
            assertThat(mapping.getHandler(request)).as(path).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/app.js",
                "/overview.js",
                "/chart.js",
                "/letters.js",
                "/pace.js",
                "/webjars/uplot/1.6.30/dist/uPlot.iife.min.js",
                "/webjars/uplot/1.6.30/dist/uPlot.min.css",
                "/api.js",
                "/vi.js",
                "/en.js",
                "/operations.css",
                "/style.css",
                "/dom.js",
                "/http.js",
                "/texts.js",
                "/icon.svg"
            })
    void the_page_is_served_with_what_it_shares_with_the_students_page(String path) {
        assertThat(Rest.of(SyncStack.consumer()).get(path).status()).isEqualTo(200);
    }

    @Test
    void shards_are_told_with_what_is_measured_of_them() {
        var shards = Rest.of(SyncStack.consumer()).get("/api/shards").body().path("shards");

        assertThat(shards.valueStream().map(shard -> shard.path("name").asString()))
                .containsExactly("5433", "5434");
        assertThat(shards.get(0).has("oldestUnsyncedSeconds")).isTrue();
    }

    private static String count(Enum<?> outcome) {
        return "count." + outcome.name().toLowerCase(Locale.ROOT);
    }

    private static Stream<String> found(Pattern pattern, String file) throws IOException {
        return pattern.matcher(read(file)).results().map(result -> result.group(1));
    }

    private static Map<String, List<String>> placeholders(String file) throws IOException {
        Map<String, List<String>> texts = new TreeMap<>();
        ENTRY.matcher(read(file))
                .results()
                .forEach(entry -> texts.put(
                        entry.group(1),
                        PLACEHOLDER
                                .matcher(entry.group(2))
                                .results()
                                .map(MatchResult::group)
                                .sorted()
                                .toList()));
        return texts;
    }

    private static String read(String file) throws IOException {
        return new ClassPathResource("operations/" + file).getContentAsString(StandardCharsets.UTF_8);
    }
}
