package ghidanh.sync;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.sql.DriverManager;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

@AnalyzeClasses(packages = "ghidanh.sync", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule HTTP_TYPES_LIVE_IN_WEB_PACKAGES = noClasses()
            .that()
            .resideOutsideOfPackage("..web..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.web..", "org.springframework.http..", "jakarta.servlet..");

    @ArchTest
    static final ArchRule NOTHING_BUT_WEB_KNOWS_WEB = noClasses()
            .that()
            .resideOutsideOfPackage("..web..")
            .and()
            .haveSimpleNameNotEndingWith("Application")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ghidanh.sync..web..", "ghidanh.web..");

    @ArchTest
    static final ArchRule FEATURES_HAVE_NO_CYCLES =
            slices().matching("ghidanh.sync.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_SERVICES_KNOW_EACH_OTHER_ONLY_THROUGH_COMMON =
            noClasses().should().dependOnClassesThat().resideInAPackage("ghidanh.registration..");

    @ArchTest
    static final ArchRule CONNECTIONS_ARE_OPENED_AND_DATABASES_MIGRATED_ELSEWHERE = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.postgresql..", "org.flywaydb..")
            .orShould()
            .callMethodWhere(target(owner(type(DriverManager.class))))
            .orShould()
            .callConstructorWhere(
                    target(owner(assignableTo(DataSource.class).and(not(type(SingleConnectionDataSource.class))))));

    /** By ghidanh.loop, which names them, ends them, and tells in health which of them died. */
    @ArchTest
    static final ArchRule THREADS_ARE_MADE_ELSEWHERE = noClasses()
            .should()
            .callConstructorWhere(target(owner(assignableTo(Thread.class))))
            .orShould()
            .callConstructorWhere(target(owner(assignableTo(Executor.class))))
            .orShould()
            .callMethodWhere(target(owner(type(Executors.class))));
}
