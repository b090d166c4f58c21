package ghidanh.servers;

import java.nio.file.Path;

/** Starts a service in a directory, prints its process id and waits to be killed. */
final class HoldService {

    private HoldService() {}

    public static void main(String[] arguments) throws InterruptedException {
        var settings =
                ServiceSettings.of(SmallService.class, Path.of(arguments[0])).withArguments("works");
        System.out.println(
                ParentProgram.READY + new ServiceProcess(settings).start().pid());
        Thread.currentThread().join();
    }
}
