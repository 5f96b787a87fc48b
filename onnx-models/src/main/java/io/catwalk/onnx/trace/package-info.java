/**
 * Runs a block's own {@code forward} on arrays that remember what is done to them, twice with different batch
 * sizes, and makes one program of the two tapes.
 */
@NullMarked
package io.catwalk.onnx.trace;

import org.jspecify.annotations.NullMarked;
