/** Measures how fast a network is, in processes of its own, and on what machine. */
@NullMarked
package io.catwalk.runner.latency;

import org.jspecify.annotations.NullMarked;
