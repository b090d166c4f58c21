/** How both services reach a database, what its errors mean, and how they are told. */
@NullMarked
package ghidanh.database;

import org.jspecify.annotations.NullMarked;
