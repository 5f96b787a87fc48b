/** Finds the options of ONNX Runtime with which a file runs fastest on this machine. */
@NullMarked
package io.catwalk.runner.session;

import org.jspecify.annotations.NullMarked;
