/** Draws the architecture of a network as its exported graph has it. */
@NullMarked
package io.catwalk.runner.report.drawing;

import org.jspecify.annotations.NullMarked;
