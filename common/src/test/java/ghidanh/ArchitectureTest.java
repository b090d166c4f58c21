package ghidanh;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.sql.DriverManager;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

@AnalyzeClasses(packages = "ghidanh", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule connections_are_opened_in_one_package = noClasses()
            .that()
            .resideOutsideOfPackage("ghidanh.database..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.postgresql..", "com.zaxxer.hikari..")
            .orShould()
            .callMethodWhere(target(owner(type(DriverManager.class))))
            .orShould()
            .callConstructorWhere(
                    target(owner(assignableTo(DataSource.class).and(not(type(SingleConnectionDataSource.class))))));
}
