package ghidanh.registration.section;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class StudentTermsIT {

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @Test
    void a_student_sees_the_sections_of_the_current_term_that_are_open_to_them() {
        int stno = Databases.student("5433", 4, "Nguyễn", "Văn", "Đức");
        int open = Databases.section("5433", 3);
        int full = Databases.section("5433", 1);
        int mine = Databases.section("5433", 3);
        int givenBack = Databases.section("5433", 3);
        int formerTerm = Databases.section("5433", 3, 2025, 2);
        int cancelled = Databases.section("5433", 3);
        service.post("/api/sections/5433/" + cancelled + ":cancel", "{\"reason\":\"ít sinh viên\"}");
        service.register("5433", Databases.student("5433"), full);
        service.register("5433", Databases.student("5433"), open);
        service.register("5433", stno, mine);
        service.delete(service.register("5433", stno, givenBack).header("Location"));

        Answer answer = service.get("/api/students/5433/" + stno + "/sections");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("student").path("name").stringValue()).isEqualTo("Nguyễn Văn Đức");
        List<JsonNode> items = List.copyOf(answer.body().path("items").values());
        assertThat(items.stream().map(item -> item.path("secNo").intValue()))
                .contains(open, givenBack)
                .doesNotContain(full, mine, formerTerm, cancelled);
        assertThat(
                        service
                                .get("/api/students/5433/" + stno + "/sections?full=true")
                                .body()
                                .path("items")
                                .values()
                                .stream()
                                .filter(section -> section.path("seatsLeft").intValue() == 0)
                                .map(section -> section.path("secNo").intValue()))
                .contains(full)
                .doesNotContain(mine, cancelled);
        JsonNode item = items.stream()
                .filter(section -> section.path("secNo").intValue() == open)
                .findFirst()
                .orElseThrow();
        assertThat(item.path("seatsLeft").intValue()).isEqualTo(2);
        assertThat(item.path("capacity").intValue()).isEqualTo(3);
        assertThat(item.path("courseName").stringValue()).isEqualTo("Databases");
        assertThat(item.path("time").stringValue()).isEqualTo("Mon 7:00");
        assertThat(item.path("hall").stringValue()).isEqualTo("A" + open);
        assertThat(item.path("instructor").isNull()).isTrue();
    }

    @Test
    void a_student_sees_before_asking_what_they_have_and_what_they_would_be_told() {
        var shard = Databases.shard("5433");
        int stno = Databases.student("5433");
        Databases.execute(shard, "update students set credit_limit = 7 where stno = ?", stno);
        int mine = Databases.section("5433", 3);
        int waitedFor = Databases.section("5433", 1);
        int clashing = Databases.section("5433", 3);
        int free = Databases.section("5433", 3);
        Databases.execute(shard, "update sections set time = 'T2 1-3' where sec_no in (?, ?)", mine, clashing);
        String id = service.register("5433", stno, mine).body().path("id").stringValue();
        service.register("5433", Databases.student("5433"), waitedFor);
        service.register("5433", Databases.student("5433"), clashing);
        service.register("{\"shard\":\"5433\",\"stno\":" + stno + ",\"secNo\":" + waitedFor + ",\"waitlist\":true}");

        JsonNode term = service.get("/api/students/5433/" + stno + "/sections?full=true")
                .body();

        int credits = term.path("credits").intValue();
        assertThat(credits).isPositive();
        assertThat(term.path("creditLimit").intValue()).isEqualTo(7);
        assertThat(of(term.path("own"), mine).path("id").stringValue()).isEqualTo(id);
        assertThat(of(term.path("own"), mine).path("status").stringValue()).isEqualTo("REGISTERED");
        assertThat(of(term.path("own"), mine).path("place").isNull()).isTrue();
        assertThat(of(term.path("own"), waitedFor).path("status").stringValue()).isEqualTo("WAITING");
        assertThat(of(term.path("own"), waitedFor).path("place").intValue()).isEqualTo(1);
        assertThat(of(term.path("items"), waitedFor).path("waiting").intValue()).isEqualTo(1);
        assertThat(of(term.path("items"), free).path("refusal").isNull()).isTrue();
        JsonNode refusal = of(term.path("items"), clashing).path("refusal");
        Answer refused = service.register("5433", stno, clashing);
        assertThat(refusal.path("code").stringValue()).isEqualTo("TIME_CLASH").isEqualTo(refused.text("code"));
        assertThat(refusal.path("details").path("clashesWith").path("secNo").intValue())
                .isEqualTo(mine);
        assertThat(refusal.path("details").path("clashesWith"))
                .isEqualTo(refused.body().path("clashesWith"));

        Databases.execute(shard, "update students set credit_limit = ? where stno = ?", credits, stno);
        JsonNode limited = service.get("/api/students/5433/" + stno + "/sections?full=true")
                .body();
        assertThat(of(limited.path("items"), free).path("refusal").path("code").stringValue())
                .isEqualTo("CREDIT_LIMIT");
        assertThat(of(limited.path("items"), free)
                        .path("refusal")
                        .path("details")
                        .path("held")
                        .intValue())
                .isEqualTo(credits);
    }

    private static JsonNode of(JsonNode sections, int secNo) {
        return sections.valueStream()
                .filter(section -> section.path("secNo").intValue() == secNo)
                .findAny()
                .orElseThrow();
    }

    @Test
    void the_current_term_is_the_latest_that_has_sections() {
        Databases.section("5433", 1, 2025, 3);
        Databases.section("5434", 1);

        Answer answer = service.get("/api/terms/current");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("year").intValue()).isEqualTo(2026);
        assertThat(answer.body().path("semester").intValue()).isEqualTo(1);
        assertThat(answer.body().path("unavailableShards")).isEmpty();
    }

    @Test
    void the_current_term_can_be_set() {
        int stno = Databases.student("5433");
        int former = Databases.section("5433", 3, 2024, 2);
        try (var fixed = ServiceUnderTest.start(
                "--ghidanh.registration.term.year=2024", "--ghidanh.registration.term.semester=2")) {
            assertThat(fixed.get("/api/terms/current").body().path("year").intValue())
                    .isEqualTo(2024);
            assertThat(fixed.get("/api/students/5433/" + stno + "/sections").body().path("items").values().stream()
                            .map(item -> item.path("secNo").intValue()))
                    .containsExactly(former);
        }
    }
}
