package ghidanh.registration;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
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

@AnalyzeClasses(packages = "ghidanh.registration", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule http_types_live_in_web_packages_only = noClasses()
            .that()
            .resideOutsideOfPackage("..web..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.springframework.http..",
                    "org.springframework.web..",
                    "org.springframework.boot.webmvc..",
                    "jakarta.servlet..",
                    "tools.jackson..");

    @ArchTest
    static final ArchRule nothing_depends_on_the_web_package_of_a_feature = noClasses()
            .that()
            .resideOutsideOfPackage("..web..")
            .and()
            .haveSimpleNameNotEndingWith("Application")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ghidanh.registration..web..", "ghidanh.web..");

    @ArchTest
    static final ArchRule controllers_belong_to_their_feature_alone =
            classes().that().haveSimpleNameEndingWith("Controller").should().bePackagePrivate();

    @ArchTest
    static final ArchRule features_do_not_depend_on_each_other_in_circles =
            slices().matching("ghidanh.registration.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule what_reads_knows_nothing_of_what_writes = noClasses()
            .that()
            .resideInAPackage("ghidanh.registration.read..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ghidanh.registration.write..");

    @ArchTest
    static final ArchRule the_relay_is_told_and_never_asked = noClasses()
            .that()
            .resideOutsideOfPackage("ghidanh.registration.outbox..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ghidanh.registration.outbox..");

    @ArchTest
    static final ArchRule the_services_know_each_other_through_common_only =
            noClasses().should().dependOnClassesThat().resideInAPackage("ghidanh.sync..");

    @ArchTest
    static final ArchRule only_the_database_package_opens_connections = noClasses()
            .that()
            .resideOutsideOfPackages("ghidanh.registration.database..", "ghidanh.registration.outbox..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.zaxxer.hikari..", "org.postgresql..", "org.flywaydb..", "javax.sql..");

    @ArchTest
    static final ArchRule connections_are_opened_and_databases_migrated_elsewhere = noClasses()
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
    static final ArchRule threads_are_made_elsewhere = noClasses()
            .should()
            .callConstructorWhere(target(owner(assignableTo(Thread.class))))
            .orShould()
            .callConstructorWhere(target(owner(assignableTo(Executor.class))))
            .orShould()
            .callMethodWhere(target(owner(type(Executors.class))));
}
