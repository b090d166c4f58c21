package ghidanh.sync.diagnosis.web;

import ghidanh.access.Allowed;
import ghidanh.access.UserRole;
import ghidanh.sync.deadletter.OpenLetters;
import ghidanh.sync.diagnosis.Alert;
import ghidanh.sync.diagnosis.Diagnoses;
import ghidanh.sync.diagnosis.Diagnosis;
import ghidanh.sync.drift.ShardDrift;
import ghidanh.sync.lag.LagStep;
import ghidanh.sync.observe.Observation;
import ghidanh.sync.observe.ShardState;
import ghidanh.web.Api;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ShardController {

    private final Diagnoses diagnoses;

    ShardController(Diagnoses diagnoses) {
        this.diagnoses = diagnoses;
    }

    /** All shards, and the alerts that hold or have fired within a day. */
    record ShardList(Instant now, List<ShardView> shards, List<Alert> alerts) {}

    /**
     * A shard as last measured, a moment ago; null where that is not known now.
     *
     * @param oldestUnsyncedSeconds age of the oldest registration that the master lacks
     * @param unsyncedRows registrations that the master lacks
     * @param outboxRows changes that are not in Kafka yet
     * @param waitingEvents events in Kafka that no consumer has taken
     * @param led whether a relay leads
     * @param clockSeconds that its clock is ahead of the master's
     * @param beganAnew when it last may have gone back in time
     * @param deadLetters that are open
     * @param drift the last complete check
     * @param history the last quarter of an hour
     */
    record ShardView(
            String name,
            String label,
            Diagnosis diagnosis,
            @Nullable Double oldestUnsyncedSeconds,
            @Nullable Double unsyncedRows,
            @Nullable Double outboxRows,
            @Nullable Double waitingEvents,
            @Nullable Boolean led,
            @Nullable Double clockSeconds,
            @Nullable Instant beganAnew,
            OpenLetters.Count deadLetters,
            @Nullable ShardDrift drift,
            List<LagStep> history) {

        static ShardView of(Diagnoses.Sight sight) {
            Observation seen = sight.seen();
            ShardState state = seen.trouble() == null ? seen.state() : null;
            return new ShardView(
                    seen.shard(),
                    seen.label(),
                    sight.diagnosis(),
                    known(seen.unsynced().oldestSeconds()),
                    known(seen.unsynced().rows()),
                    known(seen.backlog().rows()),
                    known(seen.waitingEvents()),
                    state == null ? null : state.led(),
                    known(seen.clockSeconds()),
                    state == null ? null : state.incarnation(),
                    sight.letters(),
                    sight.drift(),
                    sight.history());
        }

        private static @Nullable Double known(double measured) {
            return Double.isNaN(measured) ? null : measured;
        }
    }

    @Api("Shows what is measured of each shard, and what it says")
    @Allowed(UserRole.OPERATOR)
    @GetMapping("/api/shards")
    ShardList shards() {
        return new ShardList(
                Instant.now(), diagnoses.sights().stream().map(ShardView::of).toList(), diagnoses.alerts());
    }
}
