/** What is measured of each shard, for the operators' page. */
@NullMarked
package ghidanh.sync.observe.web;

import org.jspecify.annotations.NullMarked;
