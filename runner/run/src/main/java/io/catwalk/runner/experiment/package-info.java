/** Runs many trials on the same data and keeps all their files in a run folder. */
@NullMarked
package io.catwalk.runner.experiment;

import org.jspecify.annotations.NullMarked;
