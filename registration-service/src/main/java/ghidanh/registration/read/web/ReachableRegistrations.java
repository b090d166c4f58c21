package ghidanh.registration.read.web;

import ghidanh.access.Caller;
import ghidanh.registration.read.RegistrationId;
import ghidanh.registration.read.Registrations;
import ghidanh.registration.read.Registrations.Found;
import ghidanh.registration.student.web.Reach;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/** Registrations as far as a caller may know of them: one out of reach is answered like one that does not exist. */
@Component
public class ReachableRegistrations {

    private final Registrations registrations;
    private final Reach reach;

    ReachableRegistrations(Registrations registrations, Reach reach) {
        this.registrations = registrations;
        this.reach = reach;
    }

    /** One registration, or a {@link ghidanh.web.ProblemException} that says that there is none. */
    public CompletableFuture<Found> find(RegistrationId id, Caller caller) {
        return registrations.find(id).thenCompose(found -> {
            Found one = found.orElseThrow(() -> unknown(id));
            return require(id, one.registration().stno(), caller).thenApply(within -> one);
        });
    }

    /** As {@link #find}, for who changes it: asks its shard alone, and nobody where all of the shard is within reach. */
    public CompletableFuture<Void> require(RegistrationId id, Caller caller) {
        return reach.hasAllOf(caller, id.shard())
                ? CompletableFuture.completedFuture(null)
                : registrations
                        .student(id)
                        .thenCompose(stno -> require(id, stno.orElseThrow(() -> unknown(id)), caller));
    }

    private CompletableFuture<Void> require(RegistrationId id, int stno, Caller caller) {
        return reach.has(caller, id.shard(), stno).thenAccept(within -> {
            if (!within) {
                throw unknown(id);
            }
        });
    }

    private static RuntimeException unknown(RegistrationId id) {
        return RegistrationIds.unknown(id.toString()).exception();
    }
}
