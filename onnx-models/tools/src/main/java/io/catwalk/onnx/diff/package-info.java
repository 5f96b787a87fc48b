/** Finds the first node at which two ONNX models differ, and says why. Does not need DJL. */
@NullMarked
package io.catwalk.onnx.diff;

import org.jspecify.annotations.NullMarked;
