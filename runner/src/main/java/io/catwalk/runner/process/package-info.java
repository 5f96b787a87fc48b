/** Runs parts of this program in processes of their own, and bounds what those can do to it. */
@NullMarked
package io.catwalk.runner.process;

import org.jspecify.annotations.NullMarked;
