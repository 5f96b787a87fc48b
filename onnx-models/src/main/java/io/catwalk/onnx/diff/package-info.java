/** Finds the first node from which on two ONNX models answer otherwise, and says why. Needs no DJL. */
@NullMarked
package io.catwalk.onnx.diff;

import org.jspecify.annotations.NullMarked;
