/** The tables and functions of shards and master, and how a database gets them. */
@NullMarked
package ghidanh.sql;

import org.jspecify.annotations.NullMarked;
