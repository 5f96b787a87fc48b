/** Makes one file of those of trained networks, in 8 bits or as an ensemble, and decides whether it ships. */
@NullMarked
package io.catwalk.runner.derived;

import org.jspecify.annotations.NullMarked;
