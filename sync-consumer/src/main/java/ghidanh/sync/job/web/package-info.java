/** What the REST answers about all kinds of jobs share. */
@NullMarked
package ghidanh.sync.job.web;

import org.jspecify.annotations.NullMarked;
