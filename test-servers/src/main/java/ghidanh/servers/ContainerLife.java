package ghidanh.servers;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/**
 * Stops and starts a container that stays the same, with its data and its address, which Testcontainers itself does not: its
 * {@code stop} removes the container.
 */
final class ContainerLife {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DockerClient docker = DockerClientFactory.instance().client();
    private final GenericContainer<?> container;
    private final Callable<Boolean> answers;

    /** @param answers whether the server does; an exception says no, too */
    ContainerLife(GenericContainer<?> container, Callable<Boolean> answers) {
        this.container = container;
        this.answers = answers;
    }

    synchronized void start() {
        if (container.getContainerId() == null) {
            container.start();
        } else if (!container.isRunning()) {
            docker.startContainerCmd(container.getContainerId()).exec();
        }
        await(container.getDockerImageName() + " answers")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(answers);
    }

    /** Stops the server by a signal of its choice; does nothing if it does not run. */
    synchronized void stop(String signal) {
        if (container.getContainerId() != null && container.isRunning()) {
            docker.killContainerCmd(container.getContainerId())
                    .withSignal(signal)
                    .exec();
            docker.waitContainerCmd(container.getContainerId())
                    .start()
                    .awaitStatusCode(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    void freeze() {
        docker.pauseContainerCmd(container.getContainerId()).exec();
    }

    void thaw() {
        docker.unpauseContainerCmd(container.getContainerId()).exec();
    }
}
