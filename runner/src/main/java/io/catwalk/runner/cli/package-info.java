/** Reads the command line and prints what comes of it. */
@NullMarked
package io.catwalk.runner.cli;

import org.jspecify.annotations.NullMarked;
