/** Evaluates predictions: every metric of one model, computed from its logits. */
@NullMarked
package io.catwalk.runner.evaluation;

import org.jspecify.annotations.NullMarked;
