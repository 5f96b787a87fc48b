/** Measures how much accuracy is left when test images are moved, turned, noisy or pale. */
@NullMarked
package io.catwalk.runner.robustness;

import org.jspecify.annotations.NullMarked;
