/** Draws the architecture of a network from its exported graph. */
@NullMarked
package io.catwalk.runner.report.drawing;

import org.jspecify.annotations.NullMarked;
