/** Writes for people what came of trials: the card of a model, pictures of images. */
@NullMarked
package io.catwalk.runner.report;

import org.jspecify.annotations.NullMarked;
