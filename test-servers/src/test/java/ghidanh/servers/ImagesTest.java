package ghidanh.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {

    @ParameterizedTest
    @ValueSource(strings = {ContainerPostgres.IMAGE, ContainerKafka.IMAGE})
    void tests_and_the_composed_stack_have_the_same_images(String image) {
        assertThat(Path.of("..", "docker-compose.yml")).content().contains("image: " + image + "\n");
    }
}
