package ghidanh.registration.window;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Opening and closing registration; each test has a term of its own, long ago. */
class WindowIT {

    private static final String WINDOWS = "/api/windows/5433";

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @Test
    void a_registrar_opens_a_window_and_closes_it() {
        int stno = Databases.student("5433");
        int first = Databases.section("5433", 3, 1940, 1);
        int second = Databases.section("5433", 3, 1940, 1);
        Instant opens = Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);

        Answer opened = service.post(WINDOWS, window(1940, "\"opens\":\"" + opens + "\""));

        assertThat(opened.status()).isEqualTo(201);
        int windowId = opened.body().path("windowId").intValue();
        assertThat(opened.text("opens")).isEqualTo(opens.toString());
        assertThat(opened.body().path("closes").isNull()).isTrue();
        assertThat(shown(windowId)).isEqualTo(opened.body());
        assertThat(service.register("5433", stno, first).status()).isEqualTo(201);

        assertThat(service.post(WINDOWS + "/" + windowId + ":close", "{\"reason\":\"xong\"}")
                        .status())
                .isEqualTo(204);
        assertThat(service.register("5433", stno, second).text("code")).isEqualTo("REGISTRATION_CLOSED");
        assertThat(shown(windowId).path("closes").isNull()).isFalse();
        assertThat(shown(windowId).path("dropUntil").isNull()).isTrue();
    }

    @Test
    void what_is_not_a_window_is_refused_with_everything_that_is_wrong() {
        Answer answer = service.post(WINDOWS, """
                {"year": 1941, "semester": 10, "opens": "2026-08-10T08:00:00+07:00", "closes": "2026-08-10T08:00:00+07:00",
                 "dropUntil": "2026-08-10", "cohort": "x", "reason": " "}
                """);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().path("errors").findValuesAsString("pointer"))
                .containsExactlyInAnyOrder("/semester", "/closes", "/dropUntil", "/cohort", "/reason");
        assertThat(service.post(WINDOWS, window(1941, "\"opens\":\"2500-01-01T00:00:00Z\""))
                        .text("code"))
                .isEqualTo("INVALID_BODY");
        assertThat(service.post(WINDOWS, window(1941, "\"opens\":\"2026-01-01T00:00:00Z\",\"uId\":999999999"))
                        .text("code"))
                .isEqualTo("UNKNOWN_UNIVERSITY");
        assertThat(service.post(WINDOWS + "/2000000000:close", "{\"reason\":\"x\"}")
                        .text("code"))
                .isEqualTo("UNKNOWN_WINDOW");
        assertThat(Databases.count(
                        Databases.shard("5433"), "select count(*) from registration_windows where year = 1941"))
                .isZero();
    }

    private JsonNode shown(int windowId) {
        return service.get(WINDOWS)
                .body()
                .path("items")
                .valueStream()
                .filter(window -> window.path("windowId").intValue() == windowId)
                .findAny()
                .orElseThrow();
    }

    private static String window(int year, String more) {
        return "{\"year\":" + year + ",\"semester\":1,\"reason\":\"đợt 1\"," + more + "}";
    }
}
