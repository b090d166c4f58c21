package ghidanh.sync.remap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BatchRemapperTest {

    private final FakeMaster master = new FakeMaster();
    private final List<Remapped> committed = new ArrayList<>();
    private boolean strict = true;

    @Test
    void a_good_batch_is_one_transaction() throws SQLException {
        var refused = remap(registrations(1, 2, 3));

        assertThat(committed).hasSize(1);
        assertThat(refused).isEmpty();
        assertThat(master.calls).isEqualTo(1);
    }

    @Test
    void no_rows_are_no_transaction() throws SQLException {
        assertThat(remap(List.of())).isEmpty();
        assertThat(committed).isEmpty();
        assertThat(master.calls).isZero();
    }

    @Test
    void a_refused_row_is_found_and_all_others_are_applied() throws SQLException {
        master.refuses(13);

        var refused = remap(registrations(LongStream.rangeClosed(1, 100).toArray()));

        assertThat(refused).containsOnlyKeys(registration(13));
        assertThat(master.applied).hasSize(99).doesNotContain(13L);
        assertThat(master.calls).isLessThan(20);
    }

    @Test
    void every_refused_row_is_found_wherever_it_stands() throws SQLException {
        master.refuses(1);
        master.refuses(50);
        master.refuses(51);
        master.refuses(100);

        var refused = remap(registrations(LongStream.rangeClosed(1, 100).toArray()));

        assertThat(refused.keySet().stream().map(ChangeEvent::id)).containsExactlyInAnyOrder(1L, 50L, 51L, 100L);
        assertThat(master.applied).hasSize(96);
    }

    @Test
    void a_row_is_tried_by_itself_before_its_refusal_is_believed() throws SQLException {
        master.refuses(7);

        var refusal = remap(registrations(7)).get(registration(7));

        assertThat(refusal).isEqualTo(new BatchRemapper.Refusal("no (23514)", 3));
        assertThat(master.calls).isEqualTo(3);
    }

    @Test
    void a_row_that_lost_a_race_once_is_applied() throws SQLException {
        master.refusesOnce(7);

        assertThat(remap(registrations(7))).isEmpty();
        assertThat(master.applied).containsExactly(7L);
    }

    @Test
    void an_outage_ends_the_batch_and_refuses_nothing() {
        master.refuses(1);
        master.failsAt(4, new SQLException("the shard is gone", "08006"));

        assertThatThrownBy(() -> remap(registrations(1, 2, 3, 4))).hasMessage("the shard is gone");
    }

    @Test
    void an_outage_between_two_attempts_uses_up_none() throws SQLException {
        master.refuses(7);
        master.failsAt(3, new SQLException("the master is gone", "57P01"));

        assertThatThrownBy(() -> remap(registrations(7))).hasMessage("the master is gone");
        var refusal = remap(registrations(7)).get(registration(7));

        assertThat(refusal).isEqualTo(new BatchRemapper.Refusal("no (23514)", 3));
        assertThat(master.calls).isEqualTo(6);
    }

    @Test
    void what_was_committed_before_an_outage_is_told_nevertheless() {
        master.refuses(1);
        // Before it: all four, the first two, the first alone three times, the second.
        master.failsAt(7, new SQLException("the shard is gone", "08006"));

        assertThatThrownBy(() -> remap(registrations(1, 2, 3, 4))).hasMessage("the shard is gone");
        assertThat(committed)
                .singleElement()
                .satisfies(transaction -> assertThat(transaction.outcomes()).containsOnlyKeys(registration(2)));
    }

    @Test
    void a_row_that_meets_an_error_of_nobody_s_is_found_where_others_are_written() throws SQLException {
        for (String state : new String[] {"54000", "XX000", "P0004", "AB123"}) {
            master.state = state;
            master.refuses(13);

            var refused = remap(registrations(LongStream.rangeClosed(1, 100).toArray()));

            assertThat(refused)
                    .as(state)
                    .containsExactly(Map.entry(registration(13), new BatchRemapper.Refusal("no (" + state + ")", 3)));
        }
        assertThat(master.applied).hasSize(4 * 99).doesNotContain(13L);
    }

    @Test
    void an_error_of_nobody_s_that_every_row_meets_refuses_none_and_ends_soon() {
        master.state = "54000";
        LongStream.rangeClosed(1, 6_000).forEach(master::refuses);

        assertThatThrownBy(() ->
                        remap(registrations(LongStream.rangeClosed(1, 6_000).toArray())))
                .hasMessage("no");

        assertThat(master.calls).isLessThan(1_000);
    }

    @Test
    void rows_that_are_on_the_master_already_do_not_show_that_it_can_write() {
        master.state = "54000";
        master.outcome = Outcome.UNCHANGED;
        master.refuses(3);

        assertThatThrownBy(() -> remap(registrations(1, 2, 3, 4))).hasMessage("no");
    }

    @Test
    void who_gives_up_on_nothing_is_told_of_the_row_all_the_same() throws SQLException {
        strict = false;
        master.state = "54000";
        master.outcome = Outcome.UNCHANGED;
        master.refuses(3);

        assertThat(remap(registrations(1, 2, 3, 4))).containsOnlyKeys(registration(3));
    }

    @Test
    void a_state_that_the_servers_are_to_be_brought_into_refuses_nothing() {
        for (String state : new String[] {"2200H", "22P05", "22023", "25006", "42501", "RM002"}) {
            master.state = state;
            master.refuses(3);

            assertThatThrownBy(() -> remap(registrations(1, 2, 3, 4))).as(state).hasMessage("no");
        }
    }

    private Map<ChangeEvent, BatchRemapper.Refusal> remap(List<ChangeEvent> rows) throws SQLException {
        return new BatchRemapper(master, 3, strict).remap(rows, committed::add);
    }

    private static ChangeEvent registration(long id) {
        return new ChangeEvent("5433", Entity.REGISTRATION, id);
    }

    private static List<ChangeEvent> registrations(long... ids) {
        return LongStream.of(ids).mapToObj(BatchRemapperTest::registration).toList();
    }

    /** A master that refuses whole transactions for the sake of single rows, as PostgreSQL does. */
    private static final class FakeMaster implements BatchRemapper.Transaction {

        private final Set<Long> refused = new HashSet<>();
        private final Set<Long> refusedOnce = new HashSet<>();
        private final Map<Integer, SQLException> failures = new HashMap<>();
        private final List<Long> applied = new ArrayList<>();
        private String state = "23514";
        private Outcome outcome = Outcome.INSERTED;
        private int calls;

        void refuses(long id) {
            refused.add(id);
        }

        void refusesOnce(long id) {
            refusedOnce.add(id);
        }

        void failsAt(int call, SQLException failure) {
            failures.put(call, failure);
        }

        @Override
        public Remapped remap(List<ChangeEvent> rows) throws SQLException {
            calls++;
            SQLException failure = failures.get(calls);
            if (failure != null) {
                throw failure;
            }
            for (ChangeEvent row : rows) {
                if (refused.contains(row.id()) || refusedOnce.remove(row.id())) {
                    throw new SQLException("no", state);
                }
            }
            Map<ChangeEvent, Outcome> outcomes = new HashMap<>();
            rows.forEach(row -> outcomes.put(row, outcome));
            rows.forEach(row -> applied.add(row.id()));
            return new Remapped(outcomes, 0, 0, 0);
        }
    }
}
