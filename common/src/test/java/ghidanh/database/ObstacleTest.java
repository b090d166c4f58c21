package ghidanh.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObstacleTest {

    @ParameterizedTest
    @CsvSource({
        "3D000, NO_DATABASE",
        "57P04, NO_DATABASE",
        "25006, READ_ONLY",
        "28P01, LOGIN",
        "28000, LOGIN",
        "53100, FULL",
        "53300, FULL",
        "42P01, INCOMPLETE",
        "08001, AWAY",
        "08006, AWAY",
        "57P03, AWAY",
        "55P03, BUSY",
        "22012, OTHER"
    })
    void an_error_stands_in_the_way_as_its_state_says(String state, Obstacle obstacle) {
        assertThat(Obstacle.of(new IllegalStateException(new SQLException("refused", state))))
                .isEqualTo(obstacle);
    }
}
