/** Finds the options of ONNX Runtime that a file runs fastest with on this machine. */
@NullMarked
package io.catwalk.runner.session;

import org.jspecify.annotations.NullMarked;
