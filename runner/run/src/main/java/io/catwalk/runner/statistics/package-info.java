/** Compares models and classifiers: small pure functions, each with its source. */
@NullMarked
package io.catwalk.runner.statistics;

import org.jspecify.annotations.NullMarked;
