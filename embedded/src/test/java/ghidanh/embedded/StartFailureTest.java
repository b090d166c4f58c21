package ghidanh.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartFailureTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LOG:  could not bind IPv4 address "127.0.0.1": Address already in use        | PORT_TAKEN
            Socket server failed to bind to 127.0.0.1:9092: Address already in use.      | PORT_TAKEN
            FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use       | SESSION_LEFT
            FATAL:  database files are incompatible with server                          | OTHER_VERSION
            FATAL:  data directory "/d" has wrong ownership                              | OTHER_OWNER
            java.nio.file.AccessDeniedException: /d/meta.properties: Permission denied   | OTHER_OWNER
            LOG:  unrecognized configuration parameter "work_memory" in file "/d" line 5 | WRONG_PARAMETER
            org.apache.kafka.common.config.ConfigException: Invalid value many           | WRONG_PROPERTY
            Error: Could not find or load main class ghidanh.embedded.ChildJvm           | NO_CLASSES
            java.lang.OutOfMemoryError: Java heap space                                  | NO_MEMORY
            PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device | NO_SPACE
            Killed                                                                       | UNKNOWN
            """)
    void a_log_tells_the_cure(String log, StartFailure failure) {
        assertThat(StartFailure.of(log)).isEqualTo(failure);
    }
}
