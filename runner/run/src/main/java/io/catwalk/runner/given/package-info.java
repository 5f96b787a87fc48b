/** Evaluates what was made elsewhere: ONNX files of other programs, and tables of predictions. */
@NullMarked
package io.catwalk.runner.given;

import org.jspecify.annotations.NullMarked;
