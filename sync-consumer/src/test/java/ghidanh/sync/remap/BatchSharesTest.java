package ghidanh.sync.remap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchSharesTest {

    private final BatchShares shares = new BatchShares("5433", 3, 10);
    private final List<List<ChangeEvent>> transactions = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        shares.close();
    }

    @Test
    void a_small_batch_stays_one_transaction_in_its_own_order() throws SQLException {
        List<ChangeEvent> rows = rows(Entity.REGISTRATION, 19);

        shares.apply(rows, this::apply);

        assertThat(transactions).containsExactly(rows);
    }

    @Test
    void a_large_batch_is_remapped_by_several_transactions_at_the_same_time() throws SQLException {
        List<ChangeEvent> rows = rows(Entity.REGISTRATION, 100);
        CyclicBarrier allThree = new CyclicBarrier(3);

        List<ChangeEvent> applied = shares.apply(rows, share -> {
            meet(allThree);
            return apply(share);
        });

        assertThat(transactions).hasSize(3);
        assertThat(applied).containsExactlyInAnyOrderElementsOf(rows);
        assertThat(transactions).allMatch(share -> share.size() >= 33);
        assertThat(transactions.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(rows);
    }

    @Test
    void students_are_not_scattered_over_the_shares() throws SQLException {
        List<ChangeEvent> rows = new ArrayList<>(rows(Entity.REGISTRATION, 50));
        rows.addAll(rows(Entity.STUDENT, 5));

        shares.apply(rows, this::apply);

        assertThat(transactions)
                .filteredOn(share -> share.stream().anyMatch(row -> row.entity() == Entity.STUDENT))
                .singleElement()
                .satisfies(share -> assertThat(share).containsAll(rows(Entity.STUDENT, 5)));
    }

    @Test
    void an_outage_in_one_share_is_told_when_the_others_have_ended() {
        BatchShares.Work<ChangeEvent> work = share -> {
            if (share.contains(rows(Entity.REGISTRATION, 1).get(0))) {
                throw new SQLException("terminating connection", "57P01");
            }
            return apply(share);
        };

        assertThatThrownBy(() -> shares.apply(rows(Entity.REGISTRATION, 30), work))
                .isInstanceOf(SQLException.class)
                .hasMessage("terminating connection");
        assertThat(transactions).hasSize(2);
    }

    @Test
    void a_refused_row_is_found_in_whatever_share_it_is() throws SQLException {
        ChangeEvent bad = rows(Entity.REGISTRATION, 30).get(29);
        var remapper = new BatchRemapper(
                share -> {
                    if (share.contains(bad)) {
                        throw new SQLException("no", "23514");
                    }
                    apply(share);
                    return new Remapped(Map.of(), 0, 0, 0);
                },
                3,
                true);

        List<ChangeEvent> refused = shares.apply(
                rows(Entity.REGISTRATION, 30),
                share -> List.copyOf(remapper.remap(share, transaction -> {}).keySet()));

        assertThat(refused).containsExactly(bad);
        assertThat(transactions.stream().mapToInt(List::size).sum()).isEqualTo(29);
    }

    private List<ChangeEvent> apply(List<ChangeEvent> share) {
        transactions.add(List.copyOf(share));
        return share;
    }

    private static List<ChangeEvent> rows(Entity entity, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(id -> new ChangeEvent("5433", entity, id))
                .toList();
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
