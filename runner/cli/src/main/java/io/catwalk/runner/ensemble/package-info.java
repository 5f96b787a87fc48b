/** Joins trained networks of a run into one file, and decides whether it is worth its time. */
@NullMarked
package io.catwalk.runner.ensemble;

import org.jspecify.annotations.NullMarked;
