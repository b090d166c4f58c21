/** What the tables and functions of {@code sql/} promise, tried on real servers. */
@NullMarked
package ghidanh.sql;

import org.jspecify.annotations.NullMarked;
