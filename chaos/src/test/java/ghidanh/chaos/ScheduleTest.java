package ghidanh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final Duration WINDOW = Duration.ofSeconds(58);

    @Test
    void the_same_seed_gives_the_same_faults_and_another_seed_others() {
        assertThat(Schedule.of(7, 25, 8, WINDOW)).isEqualTo(Schedule.of(7, 25, 8, WINDOW));
        assertThat(Schedule.of(7, 25, 8, WINDOW)).isNotEqualTo(Schedule.of(8, 25, 8, WINDOW));
    }

    @Test
    void the_long_form_has_200_faults_of_every_kind_on_every_target() {
        for (long seed = 1; seed <= 20; seed++) {
            List<Fault> faults = Schedule.of(seed, 25, 8, WINDOW).rounds().stream()
                    .flatMap(List::stream)
                    .toList();

            assertThat(faults).hasSize(200);
            assertThat(faults).extracting(Fault::kind).contains(Kind.values());
            assertThat(faults)
                    .filteredOn(fault -> fault.kind() == Kind.KILL)
                    .extracting(Fault::target)
                    .containsAll(Targets.services())
                    .containsAll(Targets.databases())
                    .containsAll(Targets.sessions())
                    .contains(Targets.KAFKA);
            assertThat(faults).extracting(Fault::target).containsAll(Targets.links());
            assertThat(faults)
                    .filteredOn(fault -> fault.kind().ordinal() >= Kind.PROMOTE.ordinal())
                    .as("of the kinds after which something is older than it was")
                    .hasSizeGreaterThanOrEqualTo(60);
        }
    }

    @Test
    void a_database_goes_back_once_there_is_something_to_lose() {
        for (long seed = 1; seed <= 200; seed++) {
            assertThat(Schedule.of(seed, 4, 12, WINDOW).rounds())
                    .flatExtracting(round -> round)
                    .filteredOn(fault -> fault.kind().goesBack())
                    .extracting(Fault::at)
                    .isNotEmpty()
                    .allMatch(at -> at.compareTo(WINDOW.dividedBy(2)) >= 0);
        }
    }

    @Test
    void nobody_suffers_two_faults_at_once() {
        int met = 0;
        for (List<Fault> round : Schedule.of(3, 200, 10, WINDOW).rounds()) {
            met += round.size()
                    - (int) round.stream()
                            .map(Fault::target)
                            .map(Targets::victim)
                            .distinct()
                            .count();
            for (int i = 0; i < round.size(); i++) {
                Fault fault = round.get(i);
                List<Fault> others = new ArrayList<>(round);
                others.remove(i);
                assertThat(others)
                        .filteredOn(other -> other.concerns(fault))
                        .noneMatch(other -> other.at().compareTo(fault.at()) >= 0
                                && other.at().compareTo(fault.at().plus(fault.lasts())) < 0);
            }
        }
        assertThat(met).as("victims hit twice in a round").isGreaterThan(100);
    }
}
