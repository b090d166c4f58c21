/** The master's database: its sessions, its schema, the shards attached to it, and what its errors mean. */
@NullMarked
package ghidanh.sync.master;

import org.jspecify.annotations.NullMarked;
