package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Waiting for a full section, as a client sees it. */
class WaitingListIT {

    private static final String SHARD = "5433";

    private final ServiceUnderTest service = ServiceUnderTest.shared();
    private final PostgresServer shard = Databases.shard(SHARD);
    private final int first = Databases.student(SHARD);
    private final int second = Databases.student(SHARD);
    private final int secNo = Databases.section(SHARD, 1);
    private final Answer holder = service.register(SHARD, Databases.student(SHARD), secNo);

    @Test
    void a_full_section_offers_its_list_and_who_joins_reads_the_place() {
        Answer full = service.register(SHARD, first, secNo);
        assertThat(full.status()).isEqualTo(409);
        assertThat(full.text("code")).isEqualTo("SECTION_FULL");
        assertThat(full.body().path("waitlist").booleanValue()).isTrue();

        service.register(wish(first));
        Answer joined = service.register(wish(second));
        assertThat(joined.status()).isEqualTo(202);
        assertThat(joined.text("status")).isEqualTo("WAITING");
        assertThat(joined.body().path("place").intValue()).isEqualTo(2);
        assertThat(joined.text("syncStatus")).isEqualTo("PENDING");

        Answer again = service.register(wish(second));
        assertThat(again.status()).isEqualTo(202);
        assertThat(again.text("id")).isEqualTo(joined.text("id"));
        assertThat(again.text("createdAt")).isEqualTo(joined.text("createdAt"));

        Answer shown = service.get(joined.header("Location"));
        assertThat(shown.text("status")).isEqualTo("WAITING");
        assertThat(shown.body().path("place").intValue()).isEqualTo(2);
        assertThat(service.get(holder.header("Location")).body().has("place")).isFalse();
        assertThat(service.register(wish(second).replace("true", "1")).status()).isEqualTo(400);
    }

    @Test
    void a_withdrawn_seat_is_the_first_one_s_and_master_and_list_show_it() {
        Answer joined = service.register(wish(first));
        Databases.sync(SHARD, joined.regId());
        Answer behind = service.register(wish(second));
        Databases.sync(SHARD, behind.regId());
        assertThat(listed(behind).path("status").stringValue()).isEqualTo("WAITING");
        assertThat(listed(behind).path("place").intValue()).isEqualTo(2);
        assertThat(service.get(behind.header("Location")).text("syncStatus")).isEqualTo("SYNCED");

        assertThat(service.delete(holder.header("Location")).status()).isEqualTo(204);

        Answer seated = service.get(joined.header("Location"));
        assertThat(seated.text("status")).isEqualTo("REGISTERED");
        assertThat(seated.text("syncStatus")).isEqualTo("PENDING");
        Databases.sync(SHARD, joined.regId());
        assertThat(service.get(joined.header("Location")).text("syncStatus")).isEqualTo("SYNCED");
        assertThat(listed(joined).path("status").stringValue()).isEqualTo("REGISTERED");
        assertThat(listed(behind).path("place").intValue()).isEqualTo(1);
        assertThat(service.get(joined.header("Location") + "/history")
                        .body()
                        .path("items")
                        .findValuesAsString("status"))
                .containsExactly("REGISTERED", "WAITING");
    }

    @Test
    void leaving_the_list_is_a_withdrawal() {
        Answer joined = service.register(wish(first));
        service.register(wish(second));

        assertThat(service.delete(joined.header("Location")).status()).isEqualTo(204);
        assertThat(service.get(joined.header("Location")).text("status")).isEqualTo("WITHDRAWN");
        assertThat(service.register(wish(second)).body().path("place").intValue())
                .isEqualTo(1);
    }

    @Test
    void a_basket_waits_where_it_finds_no_seat() {
        int roomy = Databases.section(SHARD, 1);
        String wishes = "{\"registrations\":[" + wish(first) + "," + wish(first).replace("" + secNo, "" + roomy) + "]}";

        var results = service.post("/api/registrations:batch", wishes).body().path("results");

        assertThat(results.path(0).path("status").intValue()).isEqualTo(202);
        assertThat(results.path(0).path("registration").path("place").intValue())
                .isEqualTo(1);
        assertThat(results.path(1).path("status").intValue()).isEqualTo(201);
    }

    @Test
    void who_may_have_a_free_seat_only_later_gets_it_then() {
        Answer joined = service.register(wish(first));
        Databases.execute(shard, "update students set hold_reason = 'chưa đóng học phí' where stno = ?", first);
        service.delete(holder.header("Location"));
        assertThat(service.get(joined.header("Location")).text("status")).isEqualTo("WAITING");

        Databases.execute(shard, "update students set hold_reason = null where stno = ?", first);
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        service.get(joined.header("Location")).text("status").equals("REGISTERED"));
    }

    private tools.jackson.databind.JsonNode listed(Answer registration) {
        for (var item : service.get("/api/registrations?limit=100").body().path("items")) {
            if (item.path("id").stringValue().equals(registration.text("id"))) {
                return item;
            }
        }
        throw new AssertionError(registration.text("id") + " is not listed");
    }

    private String wish(int stno) {
        return "{\"shard\":\"" + SHARD + "\",\"stno\":" + stno + ",\"secNo\":" + secNo + ",\"waitlist\":true}";
    }
}
