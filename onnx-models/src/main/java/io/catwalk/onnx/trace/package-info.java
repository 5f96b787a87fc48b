/**
 * Traces a block: runs its own {@code forward} on arrays that record the operations applied to them, at several sizes
 * of the dynamic axes, and merges the tapes into one program.
 */
@NullMarked
package io.catwalk.onnx.trace;

import org.jspecify.annotations.NullMarked;
