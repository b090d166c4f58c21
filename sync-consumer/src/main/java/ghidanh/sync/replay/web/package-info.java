/** Replays and resyncs over REST. */
@NullMarked
package ghidanh.sync.replay.web;

import org.jspecify.annotations.NullMarked;
