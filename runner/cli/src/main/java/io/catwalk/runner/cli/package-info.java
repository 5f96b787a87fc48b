/** Parses the command line and prints the results. */
@NullMarked
package io.catwalk.runner.cli;

import org.jspecify.annotations.NullMarked;
