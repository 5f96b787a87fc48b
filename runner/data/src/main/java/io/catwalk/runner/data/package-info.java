/** Reads labelled images, normalizes them, and splits them into training and validation data. */
@NullMarked
package io.catwalk.runner.data;

import org.jspecify.annotations.NullMarked;
