/** Runs one trial: in this process or in a fresh one, from the order to the trial folder. */
@NullMarked
package io.catwalk.runner.trial;

import org.jspecify.annotations.NullMarked;
