package ghidanh.registration.write.web;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BatchIT {

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @Test
    void each_element_has_its_own_outcome_in_order() {
        int first = Databases.student("5433");
        int second = Databases.student("5433");
        int other = Databases.student("5434");
        int one = Databases.section("5433", 1);
        int elsewhere = Databases.section("5434", 1);

        Answer answer = post(
                pair("5433", first, one),
                pair("5433", first, one),
                pair("5433", second, one),
                "{\"uId\":11,\"stno\":" + other + ",\"secNo\":" + elsewhere + "}",
                pair("5433", second, 2_000_000_000),
                pair("5999", second, one));

        assertThat(answer.status()).isEqualTo(200);
        JsonNode results = answer.body().path("results");
        assertThat(results.values().stream().map(result -> result.path("status").intValue()))
                .containsExactly(201, 200, 409, 201, 404, 404);
        assertThat(results.path(0).propertyNames()).containsExactly("status", "registration");
        assertThat(results.path(0).path("registration").path("syncStatus").stringValue())
                .isEqualTo("PENDING");
        assertThat(results.path(1).path("registration"))
                .isEqualTo(results.path(0).path("registration"));
        assertThat(results.path(2).propertyNames()).containsExactly("status", "problem");
        assertThat(results.path(2).path("problem").path("code").stringValue()).isEqualTo("SECTION_FULL");
        assertThat(results.path(2).path("problem").path("type").stringValue()).isEqualTo("/problems/section-full");
        assertThat(results.path(3).path("registration").path("shard").stringValue())
                .isEqualTo("5434");
        assertThat(results.path(4).path("problem").path("code").stringValue()).isEqualTo("UNKNOWN_SECTION");
        assertThat(results.path(5).path("problem").path("code").stringValue()).isEqualTo("UNKNOWN_SHARD");
    }

    @Test
    void a_thousand_students_fit_and_repeating_them_changes_nothing() {
        int first = Databases.students("5433", 1000);
        int section = Databases.section("5433", 1000);
        String[] pairs = IntStream.range(first, first + 1000)
                .mapToObj(stno -> pair("5433", stno, section))
                .toArray(String[]::new);

        assertThat(statuses(post(pairs))).containsOnly(201).hasSize(1000);
        assertThat(statuses(post(pairs))).containsOnly(200).hasSize(1000);
        assertThat(Databases.count(Databases.shard("5433"), "select enrolled from sections where sec_no = ?", section))
                .isEqualTo(1000);
    }

    @Test
    void a_bad_element_is_pointed_at_and_nothing_is_done() {
        int stno = Databases.student("5433");
        int section = Databases.section("5433", 1);

        Answer answer = post(pair("5433", stno, section), "{\"stno\":1,\"secNo\":2}", "{\"uId\":1,\"stno\":\"1\"}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body().path("errors").values().stream()
                        .map(error -> error.path("pointer").stringValue()))
                .containsExactly("/registrations/1/shard", "/registrations/2/stno", "/registrations/2/secNo");
        assertThat(Databases.count(Databases.shard("5433"), "select enrolled from sections where sec_no = ?", section))
                .isZero();
    }

    @Test
    void too_many_or_no_elements_are_refused() {
        String[] pairs =
                IntStream.range(0, 1001).mapToObj(i -> pair("5433", 1, 1)).toArray(String[]::new);

        assertThat(post(pairs).status()).isEqualTo(400);
        assertThat(post().status()).isEqualTo(400);
        assertThat(service.post("/api/registrations:batch", "{}").status()).isEqualTo(400);
        assertThat(service.post("/api/registrations:batch", "[]").status()).isEqualTo(400);
        assertThat(service.post("/api/registrations:batch", "{\"registrations\":7}")
                        .status())
                .isEqualTo(400);
    }

    private static List<Integer> statuses(Answer answer) {
        return answer.body().path("results").values().stream()
                .map(result -> result.path("status").intValue())
                .toList();
    }

    private Answer post(String... pairs) {
        return service.post(
                "/api/registrations:batch",
                Stream.of(pairs).collect(Collectors.joining(",", "{\"registrations\":[", "]}")));
    }

    private static String pair(String shard, int stno, int secNo) {
        return "{\"shard\":\"" + shard + "\",\"stno\":" + stno + ",\"secNo\":" + secNo + "}";
    }
}
