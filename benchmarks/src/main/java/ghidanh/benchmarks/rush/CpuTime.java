package ghidanh.benchmarks.rush;

import ghidanh.benchmarks.load.LoadedShard;
import ghidanh.servers.ServiceProcess;
import java.util.Locale;
import java.util.stream.Stream;

/** Processor time in seconds, of the service and of a shard's server processes. */
record CpuTime(double service, double database) {

    static CpuTime of(ServiceProcess service, LoadedShard shard) {
        ProcessHandle server = handle(shard.cluster().pid());
        return new CpuTime(
                seconds(Stream.of(handle(service.pid()))),
                seconds(Stream.concat(Stream.of(server), server.descendants())));
    }

    private static ProcessHandle handle(long pid) {
        return ProcessHandle.of(pid).orElseThrow();
    }

    private static double seconds(Stream<ProcessHandle> processes) {
        return processes
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .mapToDouble(time -> time.toNanos() / 1e9)
                .sum();
    }

    CpuTime since(CpuTime before) {
        return new CpuTime(service - before.service, database - before.database);
    }

    double total() {
        return service + database;
    }

    String words(int registrations) {
        return String.format(
                Locale.ROOT,
                "service %.0f us, database %.0f us",
                service * 1e6 / registrations,
                database * 1e6 / registrations);
    }
}
