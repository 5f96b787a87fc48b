/** Trains a network: one loop for every classifier. */
@NullMarked
package io.catwalk.runner.training;

import org.jspecify.annotations.NullMarked;
