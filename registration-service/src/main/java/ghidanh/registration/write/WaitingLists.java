package ghidanh.registration.write;

import ghidanh.database.Fault;
import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.registration.database.DatabaseUnavailableException;
import ghidanh.registration.database.ShardDatabase;
import ghidanh.registration.database.ShardDatabases;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Gives free seats to those who wait and may have them by now. A withdrawal hands its seat on by itself; no statement tells of time
 * that has come, or of a rule that somebody has changed.
 */
@Component
class WaitingLists extends LoopGroup {

    private static final Logger log = LoggerFactory.getLogger(WaitingLists.class);

    private static final String WAITED_FOR = """
            -- WaitingLists
            select distinct w.sec_no
              from registrations w
              join sections s using (sec_no)
             where w.status = 'waiting'
               and s.enrolled < s.capacity + s.extra_seats
               and not s.cancelled
            """;

    private static final String GIVE = """
            -- WaitingLists
            select give_seats(array[:secNo])
            """;

    private final Doorbell doorbell;

    WaitingLists(ShardDatabases databases, WaitingListSettings settings, Doorbell doorbell, Loops loops) {
        super(DEFAULT_PHASE);
        this.doorbell = doorbell;
        for (ShardDatabase shard : databases.all()) {
            add(loops.every(
                    settings.interval(), settings.interval(), "waiting-lists", shard.name(), () -> giveSeats(shard)));
        }
    }

    private void giveSeats(ShardDatabase shard) throws InterruptedException {
        try {
            List<Integer> secNos = shard.ask(client ->
                            client.sql(WAITED_FOR).query(Integer.class).list())
                    .get();
            for (int secNo : secNos) {
                int given = shard.ask(client -> client.sql(GIVE)
                                .param("secNo", secNo)
                                .query(Integer.class)
                                .single())
                        .get();
                if (given > 0) {
                    log.info("shard {}: {} who waited for section {} have a seat", shard.name(), given, secNo);
                    doorbell.ring(shard.name());
                }
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof DatabaseUnavailableException) && Fault.of(e) != Fault.BUSY) {
                throw new IllegalStateException(e.getCause());
            }
            log.debug("shard {}: free seats are for the next look", shard.name(), e);
        }
    }
}
