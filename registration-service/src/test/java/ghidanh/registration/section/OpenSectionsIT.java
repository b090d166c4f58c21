package ghidanh.registration.section;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenSectionsIT {

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
