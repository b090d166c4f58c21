package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class LogIT {

    private static final String SHARD = "5433";
    private static final int STNO = 987_654_321;

    @Test
    void a_registration_that_the_shard_refuses_is_logged_without_the_student(CapturedOutput output) {
        Databases.student(SHARD, STNO, 1, "Trần", "Thị", "Mai Hoa");
        int secNo = Databases.section(SHARD, 3);
        Databases.execute(
                Databases.shard(SHARD),
                "alter table registrations add constraint not_this_one check (stno <> " + STNO + ") not valid");
        try {
            Registrar registrar = ServiceUnderTest.shared().bean(Registrar.class);

            assertThatThrownBy(() -> registrar
                            .register(SHARD, STNO, secNo, new Origin(null, "registrar:an"))
                            .join())
                    .rootCause()
                    .hasMessageContaining("not_this_one");

            assertThat(output.getAll()).contains("not_this_one").doesNotContain(String.valueOf(STNO), "Mai Hoa");
        } finally {
            Databases.execute(Databases.shard(SHARD), "alter table registrations drop constraint not_this_one");
        }
    }
}
