/** Loads plugin jars, reports why one cannot be loaded, and keeps a failing plugin from affecting the others. */
@NullMarked
package io.catwalk.runner.plugin;

import org.jspecify.annotations.NullMarked;
