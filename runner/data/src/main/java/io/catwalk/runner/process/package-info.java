/** Runs parts of this program, and other programs, in separate processes with limits. */
@NullMarked
package io.catwalk.runner.process;

import org.jspecify.annotations.NullMarked;
