package ghidanh.registration.student;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StudentSearchIT {

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Đặng Thị Quỳnh Xuyến",
                "dang thi quynh xuyen",
                "DANG QUYNH XUYEN",
                "xuyến đặng quỳnh",
                "  quynh   xuyen ",
                "uynh xuy"
            })
    void a_name_is_found_without_accents_and_in_any_order_of_words(String words) {
        int stno = Databases.student("5433", 4, "Đặng", "Thị Quỳnh", "Xuyến");

        Answer answer = search(words);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(stnos(answer)).contains(stno);
        assertThat(search(Normalizer.normalize(words, Normalizer.Form.NFD)).body())
                .isEqualTo(answer.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"vuong duc oanh", "Vương Đức Oanh", "Vương Ðức Oanh", "Vương\u00a0Đ\u200bức Oanh", "oanh v d"})
    void letters_that_look_alike_and_odd_spaces_are_the_same(String words) {
        int stno = Databases.student("5433", 4, "Vương", "\u00d0ức", "Oa\u200bnh");
        int other = Databases.student("5433", 4, "Vương\u00a0", "Đức", "Oanh");

        assertThat(stnos(search(words))).contains(stno, other);
        assertThat(stnos(search(Normalizer.normalize(words, Normalizer.Form.NFD))))
                .contains(stno, other);
    }

    @Test
    void a_long_name_may_come_in_decomposed_letters() {
        String longest = "Nguyễn Phước Ưỡng ".repeat(5) + "Nguyễn";

        assertThat(Normalizer.normalize(longest, Normalizer.Form.NFD)).hasSizeGreaterThan(100);
        assertThat(search(Normalizer.normalize(longest, Normalizer.Form.NFD)).status())
                .isEqualTo(200);
        assertThat(search("\u00a0\u200b").status()).isEqualTo(400);
    }

    @Test
    void a_word_of_one_letter_begins_a_name() {
        int stno = Databases.student("5433", 4, "Ứng", "Hoài", "Ý");

        assertThat(stnos(search("ung h y"))).contains(stno);
        assertThat(stnos(search("ung g"))).doesNotContain(stno);
    }

    @Test
    void both_shards_are_searched_and_the_given_name_leads_the_order() {
        int second = Databases.student("5433", 4, "Tạ", "Hy", "Zung");
        int first = Databases.student("5434", 12, "Tạ", "Hy", "Ân");
        int third = Databases.student("5434", 12, "Tạ", "Hy", "Zuy");

        Answer answer = search("ta hy");

        assertThat(stnos(answer)).containsExactly(first, second, third);
        assertThat(answer.body().path("unavailableShards")).isEmpty();
        assertThat(answer.body().path("items").path(0).toString())
                .isEqualTo("{\"shard\":\"5434\",\"stno\":" + first
                        + ",\"name\":\"Tạ Hy Ân\",\"uId\":12,\"university\":\"University 12\"}");
    }

    @Test
    void a_number_finds_the_students_who_have_it() {
        int stno = Databases.student("5433");
        Databases.student("5434", stno, 12, "Lê", "", "Hà");

        Answer answer = search(String.valueOf(stno));

        assertThat(stnos(answer)).containsExactly(stno, stno);
        assertThat(answer.body().path("items").path(1).path("name").stringValue())
                .isEqualTo("Lê Hà");
        assertThat(stnos(search("99999999999999999999"))).isEmpty();
    }

    @Test
    void the_limit_holds_over_all_shards() {
        for (int i = 0; i < 3; i++) {
            Databases.student("5433", 4, "Khổng", "Tước", "A" + i);
            Databases.student("5434", 12, "Khổng", "Tước", "B" + i);
        }

        assertThat(stnos(service.get("/api/students?limit=4&q=khong+tuoc"))).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%",
                "_",
                "\\",
                "%%%",
                "a%b",
                "'",
                "' or 1=1 --",
                "\"",
                "(",
                "[",
                "*",
                "\\%",
                ":words",
                "$1",
                "🎓"
            })
    void no_character_has_a_meaning_of_its_own(String words) {
        Databases.student("5433", 4, "Plain", "", "Name");

        Answer answer = search(words);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(stnos(answer)).isEmpty();
    }

    private Answer search(String words) {
        return service.get("/api/students?q=" + ServiceUnderTest.encoded(words));
    }

    private static List<Integer> stnos(Answer answer) {
        return answer.body().path("items").values().stream()
                .map(item -> item.path("stno").intValue())
                .toList();
    }
}
