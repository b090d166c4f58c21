package ghidanh.registration.probe;

import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.registration.read.Registrations;
import ghidanh.registration.write.Registrar;
import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Trials on each shard that has a seat for them. Starts last and stops first. */
@Component
class Probes extends LoopGroup {

    Probes(
            ProbeSettings settings,
            ShardCatalogue catalogue,
            Registrar registrar,
            Registrations registrations,
            MeterRegistry meters,
            Loops loops) {
        super(DEFAULT_PHASE);
        settings.seats().keySet().stream()
                .filter(shard -> catalogue.find(shard).isEmpty())
                .findFirst()
                .ifPresent(shard -> {
                    throw new IllegalArgumentException("ghidanh.registration.probe.seats names shard " + shard
                            + ", which the catalogue does not have: " + catalogue.names());
                });
        settings.seats().forEach((shard, seat) -> {
            var probe = new Probe(shard, seat, settings.patience(), registrar, registrations, meters);
            add(loops.every(settings.interval(), settings.interval(), "probe", shard, probe::once));
        });
    }
}
