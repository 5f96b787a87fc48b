/** Measures the accuracy on test images that are shifted, rotated, noisy or low in contrast. */
@NullMarked
package io.catwalk.runner.robustness;

import org.jspecify.annotations.NullMarked;
