package ghidanh.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What the API's document says of a handler, as far as its signature does not.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Api {

    /** What it does, in a line. */
    String value();

    /** What the body looks like. */
    Class<?> body() default Void.class;

    /** A body. */
    String example() default "";

    /** The answer if all is well, where the method's type does not tell. */
    Class<?> answer() default Void.class;

    /** Its statuses. */
    int[] statuses() default 200;

    /** What it refuses with, beside what any request may be refused with. */
    ProblemCode[] problems() default {};
}
