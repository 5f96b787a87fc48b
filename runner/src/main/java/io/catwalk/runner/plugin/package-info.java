/** Loads plugin jars, says why one cannot be loaded, and keeps a failing plugin from harming the rest. */
@NullMarked
package io.catwalk.runner.plugin;

import org.jspecify.annotations.NullMarked;
