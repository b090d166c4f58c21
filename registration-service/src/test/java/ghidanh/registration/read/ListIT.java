package ghidanh.registration.read;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ListIT {

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @Test
    void the_newest_come_first_whether_shard_or_master_has_them() {
        Answer synced = create("5433");
        Answer pending = create("5434");
        Answer unmarked = create("5433");
        Databases.sync("5433", synced.regId());
        Databases.bring("5433", unmarked.regId());

        Answer list = service.get("/api/registrations?limit=3");

        assertThat(list.status()).isEqualTo(200);
        assertThat(ids(list)).containsExactly(unmarked.text("id"), pending.text("id"), synced.text("id"));
        assertThat(list.body().path("masterAvailable").booleanValue()).isTrue();
        assertThat(list.body().path("unavailableShards")).isEmpty();
        JsonNode onMaster = list.body().path("items").path(2);
        assertThat(onMaster.path("syncStatus").stringValue()).isEqualTo("SYNCED");
        assertThat(onMaster.path("latencyMs").longValue())
                .isPositive()
                .isEqualTo(ServiceUnderTest.millisToSync(onMaster));
        assertThat(onMaster.path("createdAt").stringValue()).isEqualTo(synced.text("createdAt"));
        assertThat(onMaster.path("stno").intValue())
                .isEqualTo(synced.body().path("stno").intValue());
        assertThat(onMaster.path("secNo").intValue())
                .isEqualTo(synced.body().path("secNo").intValue());
        assertThat(onMaster.path("studentName").stringValue()).isEqualTo("Trần Thị Bình");
        assertThat(onMaster.path("section").path("courseName").stringValue()).isEqualTo("Databases");
        JsonNode onShard = list.body().path("items").path(1);
        assertThat(onShard.path("syncStatus").stringValue()).isEqualTo("PENDING");
        assertThat(onShard.path("syncedAt").isNull()).isTrue();
        assertThat(onShard.path("latencyMs").isNull()).isTrue();
        assertThat(onShard.path("studentName").stringValue()).isEqualTo("Trần Thị Bình");
    }

    @Test
    void pages_show_every_registration_once_even_if_some_arrive_on_the_master_between_them() {
        List<String> all = new ArrayList<>();
        List<Long> regIds = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Answer created = create("5433");
            all.add(created.text("id"));
            regIds.add(created.regId());
        }
        Collections.reverse(all);
        Databases.sync("5433", regIds.get(6), regIds.get(3));

        List<String> seen = new ArrayList<>();
        String path = "/api/registrations?limit=2";
        while (seen.size() < all.size()) {
            Answer page = service.get(path);
            assertThat(page.status()).isEqualTo(200);
            seen.addAll(ids(page));
            path = "/api/registrations?limit=2&cursor=" + page.text("next");
            Databases.sync("5433", regIds.get(0), regIds.get(4));
        }

        assertThat(seen.subList(0, all.size())).isEqualTo(all);
    }

    @Test
    void a_changed_registration_is_shown_in_its_newest_state() {
        Answer created = create("5433");
        Databases.sync("5433", created.regId());
        service.delete(created.header("Location"));

        JsonNode item =
                service.get("/api/registrations?limit=1").body().path("items").path(0);

        assertThat(item.path("id").stringValue()).isEqualTo(created.text("id"));
        assertThat(item.path("status").stringValue()).isEqualTo("WITHDRAWN");
        assertThat(item.path("syncStatus").stringValue()).isEqualTo("PENDING");
    }

    @Test
    void one_registration_looks_the_same_wherever_it_is_shown() {
        Answer created = create("5433");

        ObjectNode alone = (ObjectNode) service.get(created.header("Location")).body();
        JsonNode listed =
                service.get("/api/registrations?limit=1").body().path("items").path(0);

        assertThat(alone.remove(List.of("shardAvailable", "masterAvailable"))).isEqualTo(listed);
        assertThat(created.body().propertyStream())
                .allSatisfy(field -> assertThat(field.getValue()).isEqualTo(listed.path(field.getKey())));
    }

    @Test
    void the_last_page_has_no_next() {
        Answer page = service.get("/api/registrations?limit=100");
        for (int pages = 0; pages < 100 && !page.text("next").isEmpty(); pages++) {
            page = service.get("/api/registrations?limit=100&cursor=" + page.text("next"));
        }

        assertThat(page.body().path("next").isNull()).isTrue();
    }

    private Answer create(String shard) {
        return service.register(shard, Databases.student(shard), Databases.section(shard, 1));
    }

    private static List<String> ids(Answer list) {
        return list.body().path("items").values().stream()
                .map(item -> item.path("id").stringValue())
                .toList();
    }
}
