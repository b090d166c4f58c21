/** Kills, freezes and cuts off every part of the running system under load, and counts what is lost: nothing may be. */
@NullMarked
package ghidanh.chaos;

import org.jspecify.annotations.NullMarked;
