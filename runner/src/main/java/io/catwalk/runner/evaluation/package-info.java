/** Judges predictions: every metric of one model, recomputed from what it answered. */
@NullMarked
package io.catwalk.runner.evaluation;

import org.jspecify.annotations.NullMarked;
